import { bytesField, doubleField, floatField, intField, join } from './protobuf';

// Field numbers of tensorflow/core/util/event.proto and tensorflow/core/framework/summary.proto.
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 } as const;
const SUMMARY_VALUE = 1;
const VALUE = { tag: 1, simpleValue: 2, image: 4 } as const;
const IMAGE = { height: 1, width: 2, colorspace: 3, encoded: 4 } as const;
const SESSION_START = intField(1, 1);

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** PNG colour type → number of channels, which is TensorBoard's colorspace. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 };

const event = (seconds: number, step: number, what: Uint8Array): Uint8Array =>
  join([doubleField(EVENT.wallTime, seconds), intField(EVENT.step, step), what]);

/** The event that every file begins with. */
export const versionEvent = (seconds: number): Uint8Array =>
  event(seconds, 0, bytesField(EVENT.fileVersion, 'brain.Event:2'));

/** Tells TensorBoard that a resumed run begins here: it then drops what came after `step`. */
export const resumeEvent = (seconds: number, step: number): Uint8Array =>
  event(seconds, step, bytesField(EVENT.sessionLog, SESSION_START));

/** Numbers by tag. */
export function scalarsEvent(
  seconds: number,
  step: number,
  scalars: Readonly<Record<string, number>>,
): Uint8Array {
  const values = Object.entries(scalars).map(([tag, value]) =>
    bytesField(
      SUMMARY_VALUE,
      join([bytesField(VALUE.tag, tag), floatField(VALUE.simpleValue, value)]),
    ),
  );
  return event(seconds, step, bytesField(EVENT.summary, join(values)));
}

/**
 * A picture.
 * @param png The bytes of a PNG file.
 * @throws TypeError where they are none.
 */
export function imageEvent(
  seconds: number,
  step: number,
  tag: string,
  png: Uint8Array,
): Uint8Array {
  const header = new DataView(png.buffer, png.byteOffset, png.byteLength);
  if (png.length < 33 || PNG_SIGNATURE.some((byte, i) => png[i] !== byte)) {
    throw new TypeError(`TensorBoard image "${tag}": expected the bytes of a PNG file.`);
  }
  const image = join([
    intField(IMAGE.height, header.getUint32(20)),
    intField(IMAGE.width, header.getUint32(16)),
    intField(IMAGE.colorspace, CHANNELS[png[25]!] ?? 3),
    bytesField(IMAGE.encoded, png),
  ]);
  const value = join([bytesField(VALUE.tag, tag), bytesField(VALUE.image, image)]);
  return event(seconds, step, bytesField(EVENT.summary, bytesField(SUMMARY_VALUE, value)));
}
