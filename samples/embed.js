const segmenter = document.querySelector("daub-segmenter");

segmenter.addEventListener("input", () => {
  const { annotation, labels, classifier } = segmenter.value;
  const painted = annotation.data.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0);
  document.querySelector("#painted").textContent = painted.toLocaleString();
  document.querySelector("#objects").textContent = labels ? labels.count.toLocaleString() : "–";
  document.querySelector("#classifier").textContent = classifier?.slice(0, 600) ?? "–";
});
