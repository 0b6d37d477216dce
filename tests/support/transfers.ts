/** What has passed between the program and a device since the last `clear`. */
export interface Transfers {
  /** Bytes written into buffers of the device. */
  uploaded: number;
  /** How often work was handed to the device. */
  submissions: number;
  /** The bytes of every buffer that was read back. */
  readonly readbacks: number[];
  /** How often the program waited for readbacks: those that are mapped together count once. */
  waits: number;
  clear(): void;
}

/** Watches a device until it is destroyed. */
export function watchTransfers(device: GPUDevice): Transfers {
  const transfers: Transfers = {
    uploaded: 0,
    submissions: 0,
    readbacks: [],
    waits: 0,
    clear() {
      this.uploaded =
        this.submissions =
        this.waits =
        this.readbacks.length =
          0;
    },
  };
  let numMapping = 0;
  const { queue } = device;
  const [create, submit] = [device.createBuffer.bind(device), queue.submit.bind(queue)];
  const write = queue.writeBuffer.bind(queue);
  queue.writeBuffer = (buffer, offset, data, start, length) => {
    transfers.uploaded += length ?? data.byteLength;
    return write(buffer, offset, data, start, length);
  };
  queue.submit = (commands) => {
    transfers.submissions++;
    return submit(commands);
  };
  device.createBuffer = (descriptor) => {
    const buffer = create(descriptor);
    if (!(descriptor.usage & GPUBufferUsage.MAP_READ)) return buffer;
    const map = buffer.mapAsync.bind(buffer);
    buffer.mapAsync = async (...range) => {
      transfers.readbacks.push(buffer.size);
      if (numMapping++ === 0) transfers.waits++;
      try {
        return await map(...range);
      } finally {
        numMapping--;
      }
    };
    return buffer;
  };
  return transfers;
}
