import { includedHeaders } from './headers';
import { cudaRequirements, cudaTarget, libraryTargets, pipArguments, requirement } from './plan';

describe('what is fetched', () => {
  it('is one wheel for a CPU, another for CUDA', () => {
    expect(requirement({ gpu: false, version: '2.21.0' })).toBe('tensorflow-cpu==2.21.0');
    expect(requirement({ gpu: true, version: '2.15.1' })).toBe('tensorflow==2.15.1');
  });

  it("is CUDA's libraries besides, in the versions that TensorFlow asks for", () => {
    const metadata = `Name: tensorflow
Requires-Dist: numpy>=1.26.0
Provides-Extra: and-cuda
Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"
Requires-Dist: nvidia-cuda-nvcc-cu12<13.0,>=12.5.82; extra == "and-cuda"
Requires-Dist: nvidia-cudnn-cu12 (==8.9.4.25) ; extra == 'and-cuda'
Requires-Dist: tensorrt (==8.6.1.post1) ; extra == 'and-cuda'
Requires-Dist: nvidia-other ; extra == "gcs"
`;
    expect(cudaRequirements(metadata)).toEqual([
      'nvidia-cublas-cu12<13.0,>=12.5.3.2',
      'nvidia-cudnn-cu12==8.9.4.25',
    ]);
  });

  it('is for this machine, whatever Python runs pip', () => {
    const args = pipArguments('tensorflow-cpu==2.21.0', '/w', {
      arch: 'arm64',
      glibc: '2.28',
      python: '3.11',
    });
    expect(args).toEqual(expect.arrayContaining(['download', '--no-deps', '/w', 'cp311', '3.11']));
    expect(args).toContain('manylinux_2_28_aarch64');
    expect(args).toContain('manylinux2014_aarch64');
    expect(args).not.toContain('manylinux_2_29_aarch64'); // would not load
    expect(args.at(-1)).toBe('tensorflow-cpu==2.21.0');
  });
});

describe('where files go', () => {
  it("is tfjs-node's deps for the two libraries, under both their names", () => {
    expect(libraryTargets('tensorflow/libtensorflow_cc.so.2')).toEqual([
      'lib/libtensorflow_cc.so.2',
      'lib/libtensorflow.so',
    ]);
    expect(libraryTargets('tensorflow/libtensorflow_framework.so.2')).toEqual([
      'lib/libtensorflow_framework.so.2',
      'lib/libtensorflow_framework.so',
    ]);
    expect(libraryTargets('tensorflow/python/_pywrap_tfe.so')).toBeUndefined();
  });

  it("is beside lib for CUDA's libraries alone", () => {
    const library = 'nvidia/cudnn/lib/libcudnn_ops.so.9';
    expect(cudaTarget(library)).toBe(library);
    expect(cudaTarget('nvidia/cudnn/include/cudnn.h')).toBeUndefined();
    expect(cudaTarget('nvidia/cuda_nvcc/bin/ptxas')).toBeUndefined();
  });

  it('is every header that the sources include, and no other', async () => {
    const headers: Record<string, string> = {
      'tensorflow/c/c_api.h': '#include "tensorflow/c/tf_status.h"\n#  include <stdint.h>\n',
      'tensorflow/c/tf_status.h': '#include "local.h"\n#include "tensorflow/c/c_api.h"',
      'tensorflow/c/local.h': '',
      'tensorflow/c/unused.h': '',
    };
    const read = async (path: string): Promise<string | undefined> => headers[path];
    const source = '#include <vector>\n#include "tensorflow/c/c_api.h"\n';
    expect(await includedHeaders([source], read)).toEqual([
      'tensorflow/c/c_api.h',
      'tensorflow/c/local.h',
      'tensorflow/c/tf_status.h',
    ]);
  });
});
