/// <reference lib="dom" />
import { readImageInfo } from "../../image/read.ts";
import { type RemoteImage, uploadImage } from "../remote_images.ts";
import css from "./choose_image.css" with { type: "text" };
import { element } from "./painter/element.ts";
import { serverImages } from "./server_images.ts";
import { StyleSheet } from "./style_sheet.ts";

/** An image that was chosen: the server's, or one that the page reads by itself. */
export interface ChosenImage {
  readonly name: string;
  /** Known to the server by this. */
  readonly remote?: RemoteImage;
  /** Where the page reads it from. */
  readonly source?: URL | Blob;
}

/** The element that {@linkcode chooseImage} makes: an Observable view. */
export interface ImageChooser extends HTMLElement {
  value: ChosenImage | Promise<ChosenImage>;
}

/** Sample images: names, and addresses relative to the page. */
export type Samples = Readonly<Record<string, string>>;

type Group = RemoteImage["group"];

/** How choosers look. */
export const chooserStyles = new StyleSheet(css);

const GROUPS: Readonly<Record<Group, string>> = {
  given: "Opened",
  sample: "Samples",
  folder: "Folder",
  upload: "Your files",
};

/**
 * A menu of images and a file chooser that also takes dropped files, as a view of the image.
 *
 * Where the page has a server that computes, the menu holds the server's images; with
 * `?engine=page` in the address, or without such a server, it holds the samples.
 *
 * @param samples The first is chosen.
 */
export function chooseImage(samples: Samples): ImageChooser {
  const menu = element("select", { "aria-label": "Image" });
  const file = element("input", {
    type: "file",
    accept: ".tif,.tiff,.png,.jpg,.jpeg",
    "aria-label": "Image file",
  });
  const status = element("output", { class: "daub-chosen" });
  const root = element(
    "form",
    { class: "daub-choose", submit: (event: Event) => event.preventDefault() },
    element("label", {}, "Image ", menu),
    element("label", { class: "daub-file" }, "Open a file …", file),
    element("span", { class: "daub-dim" }, "or drop one on the page"),
    status,
  ) as unknown as ImageChooser;

  const chosen = new Map<string, ChosenImage>();
  const groups = new Map<Group, HTMLElement>();
  const groupOf = (group: Group): HTMLElement => {
    const known = groups.get(group);
    if (known) return known;
    const made = element("optgroup", { label: GROUPS[group] });
    groups.set(group, made);
    menu.append(made);
    return made;
  };
  const offer = (key: string, image: ChosenImage, group: Group) => {
    if (!chosen.has(key)) groupOf(group).append(element("option", { value: key }, image.name));
    chosen.set(key, image);
  };
  const take = (key: string) => {
    root.value = chosen.get(key)!;
    remember(key);
    root.dispatchEvent(new Event("input", { bubbles: true }));
  };
  let isRemote = false;
  /** Opens the first of the files; one that is no image changes nothing but what is said. */
  const openFiles = async ([file, ...others]: readonly File[]) => {
    status.textContent = "";
    try {
      // Whatever is open stays so when this is no image.
      await readImageInfo(file, { name: file.name });
      const remote = isRemote ? await uploadImage(location.origin, file, file.name) : undefined;
      const key = remote?.id ?? `file ${file.name}`;
      offer(key, { name: file.name, ...(remote ? { remote } : { source: file }) }, "upload");
      menu.value = key;
      take(key);
      if (others.length > 0) status.textContent = firstOf(file, others.length + 1);
    } catch (error) {
      status.textContent = (error as Error).message;
    }
  };
  const fill = async (): Promise<ChosenImage> => {
    const remotes = await serverImages();
    isRemote = remotes.length > 0;
    for (const group of Object.keys(GROUPS) as Group[]) {
      for (const remote of remotes.filter((image) => image.group === group)) {
        offer(remote.id, { name: remote.name, remote }, group);
      }
    }
    if (!isRemote) {
      for (const [name, address] of Object.entries(samples)) {
        const source = new URL(address, document.baseURI);
        // Code that others run names the file.
        offer(name, { name: source.pathname.split("/").at(-1)!, source }, "sample");
      }
    }
    const wanted = new URLSearchParams(location.search).get("image") ?? "";
    const isFirst = ({ name, group }: RemoteImage) =>
      group === "sample" && name === Object.values(samples)[0].split("/").at(-1);
    const first = remotes.find(isFirst)?.id ?? [...chosen.keys()][0];
    menu.value = chosen.has(wanted) ? wanted : first;
    return chosen.get(menu.value)!;
  };

  for (const control of [menu, file]) {
    control.addEventListener("input", (event) => event.stopPropagation());
  }
  menu.addEventListener("change", (event) => {
    event.stopPropagation();
    status.textContent = "";
    take(menu.value);
  });
  file.addEventListener("change", (event) => {
    event.stopPropagation();
    const files = [...file.files ?? []];
    // The same file again, put right meanwhile, is a change too.
    file.value = "";
    if (files.length > 0) void openFiles(files);
  });
  takeDrops(root, (files) => void openFiles(files));
  root.value = fill();
  chooserStyles.follow(root);
  return root;
}

function firstOf({ name }: File, count: number): string {
  return `Opened ${name}, the first of ${count} files. The notebook "apply" takes many at once.`;
}

/** Lets the address name the image, so that it is there again after a reload. */
function remember(key: string): void {
  const url = new URL(location.href);
  url.searchParams.set("image", key);
  history.replaceState(history.state, "", url);
}

/** Takes files that are dropped anywhere on the page, as long as an element is in it. */
function takeDrops(element: HTMLElement, take: (files: readonly File[]) => void): void {
  const controller = new AbortController();
  const { signal } = controller;
  const { body } = document;
  let wasThere = false;
  const isOurs = (event: DragEvent) => {
    wasThere ||= element.isConnected;
    if (wasThere && !element.isConnected) controller.abort();
    return element.isConnected && !!event.dataTransfer?.types.includes("Files");
  };
  document.addEventListener("dragover", (event) => {
    if (!isOurs(event)) return;
    event.preventDefault();
    body.dataset.dropping = "";
  }, { signal });
  const leave = () => delete body.dataset.dropping;
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) leave();
  }, { signal });
  document.addEventListener("drop", (event) => {
    leave();
    if (!isOurs(event)) return;
    event.preventDefault();
    const files = [...event.dataTransfer!.files];
    if (files.length > 0) take(files);
  }, { signal });
}
