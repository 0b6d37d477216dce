/** Whether typed arrays of this machine are little endian, as nearly all are. */
export const MACHINE_IS_LITTLE_ENDIAN: boolean =
  new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
