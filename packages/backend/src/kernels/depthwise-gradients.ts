import type { backend_util } from '@tensorflow/tfjs';
import type { Companion } from '../companion/companion';
import type { HotKernels } from './hot-kernels';

/** Gradients of depthwise convolutions by the companion. */
export function depthwiseGradients(
  companion: Companion,
): Pick<HotKernels, 'depthwiseInputGradient' | 'depthwiseFilterGradient'> {
  const tell = (info: backend_util.Conv2DInfo): void =>
    companion.depthwiseGeometry(
      info.inHeight,
      info.inWidth,
      info.inChannels,
      info.outChannels / info.inChannels,
      info.outHeight,
      info.outWidth,
      info.filterHeight,
      info.filterWidth,
      info.strideHeight,
      info.strideWidth,
      info.dilationHeight,
      info.dilationWidth,
      info.padInfo.top,
      info.padInfo.left,
    );
  return {
    depthwiseInputGradient(info, dy, filter, dx) {
      tell(info);
      companion.depthwiseInputGradient(dy, filter, dx, info.batchSize);
    },
    depthwiseFilterGradient(info, x, dy, dw) {
      tell(info);
      companion.depthwiseFilterGradient(x, dy, dw, info.batchSize);
    },
  };
}
