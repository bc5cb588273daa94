// Mutations of the models: each breaks one thing that a paper, or the model room, says. The fields are
// those of mutation-list.mjs.
const group = (folder, tests) => (file, family, name, from, to) => ({
  family,
  tests,
  name,
  file: `${folder}/src/${file}`,
  from,
  to,
});
const causalWae = group('causal-wae', 'causal-wae/terms.test.ts');
const inModels = (tests) => group('models', tests);
const kinds = inModels('models/concepts/label-kinds.test.ts');
const byWae = inModels('causal-wae/terms.test.ts');
const causalVae = group('causal-vae', 'causal-vae/terms.test.ts');
const byVae = inModels('causal-vae/terms.test.ts');
const sums = inModels('models/terms.test.ts');
const training = inModels('models/concepts/adjacency-training.test.ts');
const injective = inModels('models/check-injective.test.ts');

export const mutations = [
  sums('terms.ts', 'weights of terms', 'Σ weight', 'value.mul(weights[name]!)', 'value'),
  sums('terms.ts', 'terms of weight 0', 'Σ weight', 'if (weights[name]! > 0) values', 'values'),
  sums('terms.ts', 'a term without a weight', 'refuses', 'missing.length > 0 || ', ''),
  injective('check-injective.ts', 'ReLU is flat', 'names what', "'relu', ", ''),
  injective('check-injective.ts', 'narrowing', 'names what', 'outputs < inputs', 'outputs > inputs'),
  training(
    'concepts/adjacency-training.ts',
    'λh + (c/2)h²: the half',
    'λh',
    'h.square().mul(c).mul(0.5)',
    'h.square().mul(c)',
  ),
  training(
    'concepts/adjacency-training.ts',
    'gradient of (2): transposed A',
    'pretrainAdjacency',
    'sum += weights[i]![j]! * u[i]!;',
    'sum += weights[j]![i]! * u[i]!;',
  ),
  training(
    'concepts/adjacency-training.ts',
    'augmented Lagrangian: λ ← λ + c·h',
    'pretrainAdjacency',
    'lambda += c * h;',
    'lambda += 0 * h;',
  ),
  training(
    'concepts/adjacency-training.ts',
    'edge threshold',
    'discreteGraph',
    'Math.abs(w) < threshold ? 0 : w',
    'w < threshold ? 0 : w',
  ),

  kinds('concepts/label-head.ts', 'ordinal thresholds', 'is wrong by', 'category.greater(', 'category.greaterEqual('),
  kinds('concepts/label-head.ts', 'categorical cross-entropy: sign', 'is wrong by', '.sum(1, true).neg()', '.sum(1, true)'),
  kinds('concepts/label-head.ts', 'missing labels count in no error', 'is wrong by', 'tf.concat2d(columns, 1).mul(present)', 'tf.concat2d(columns, 1)'),
  kinds('concepts/label-head.ts', 'reading binary labels', 'reads', 'x.greater(0)', 'x.less(0)'),
  kinds('concepts/label-latents.ts', 'g₁: the gain', 'is a·', '.mul(this.#gain)', '.add(this.#gain)'),
  kinds('concepts/label-latents.ts', 'g₁: categories have places of their own', 'is a·', 'placed(features, this.#places as tf.Tensor3D)', 'features.sum(2, true)'),
  kinds('concepts/coupling.ts', 'monotone coupling: the middle', 'follow the middle', '.mul(0.5));\n  return quantile', '.mul(0));\n  return quantile'),
  kinds('concepts/coupling.ts', 'monotone coupling: unlikely values', 'keep what', 'const FLOOR = 1e-5', 'const FLOOR = 0'),
  kinds('concepts/coupling.ts', 'maximal coupling keeps', 'of categories', 'was.mul(0.5)', 'was'),
  kinds('concepts/coupling.ts', 'maximal coupling goes where it grew', 'of categories', 'after.sub(before)', 'before.sub(after)'),
  kinds('concepts/mechanisms.ts', 'do() of discrete effects: before and after', 'are cross-entropy', 'couple(before, after, seen)', 'couple(after, before, seen)'),
  kinds('concepts/mechanisms.ts', 'samples are levels', 'are cross-entropy', '.div(this.#levels(c) - 1)', '.div(this.#levels(c))'),
  kinds('concepts/interventions.ts', 'shifts by the width', 'takes numbers', 'value / (range[1] - range[0])', 'value'),

  byWae('pass.ts', 'weights of rows', 'row weights', 'rows.mul(share).sum()', 'rows.mean()'),
  byWae('pass.ts', 'missing labels by weight', 'row weights', "mean(tf.sub(1, missing.cast('float32')))", "tf.sub(1, missing.cast('float32')).mean()"),
  byWae('pass.ts', 'missing labels are read', 'are read by the head', 'tf.where(missing, head.read(outputs), given)', 'tf.where(missing, tf.zerosLike(given), given)'),
  byWae('pass.ts', 'the code is a draw', 'the code is', 'mean.add(logSigma.exp().mul(normals))', 'mean.add(logSigma.mul(normals))'),
  byWae('pass.ts', 'the decoder sees z₂ ÷ gain', 'the code is', 'latents.div(concepts!.gain)', 'latents'),
  byWae('pass.ts', 'the prior of the pass', 'the code is', "prior: parts.prior.sample(n, rng.split('prior')),", 'prior: code,'),
  byWae('concepts/label-consistency.ts', '(2): transposed A', 'reconstruction, absolute', 'parentSum(adjacency, unit)', 'parentSum(adjacency.transpose(), unit)'),
  byWae('base-autoencoder.ts', 'what the adversary is told: prior for code', 'divergence: gan', '{ code: pass.code, prior: pass.prior }', '{ code: pass.prior, prior: pass.code }'),

  causalWae('causal-wae.ts', 'residual: (I − Aᵀ)z₁ for ε', 'residual with the mask layer mlp', 'networks.mask.apply(A, z1).add(exogenous(A, z1))', 'networks.mask.apply(A, z1).add(noise)'),
  causalWae('causal-wae.ts', 'full: ε', 'full with the mask layer mlp', "if (options.variant === 'full') return networks.mask.apply(A, z1).add(noise);", "if (options.variant === 'full') return networks.mask.apply(A, z1);"),
  causalWae('causal-wae.ts', 'equation 8: g₁(u), not z₁', 'equation8 with the mask layer mlp', 'networks.mask.apply(A, fromLabels).add(noise)', 'networks.mask.apply(A, endogenous(A, noise).add(fromLabels)).add(noise)'),
  causalWae('causal-wae.ts', 'z₁: transposed A', 'residual with the mask layer identity', 'endogenous(A, noise)', 'endogenous(A.transpose() as tf.Tensor2D, noise)'),
  causalWae('causal-wae.ts', 'divergence: prior for code', 'divergence: sliced|divergence: gan', '          code: pass.code,', '          code: pass.prior,'),
  causalWae('causal-wae.ts', 'independence: of the mean, not the code', 'independence: cka', 'independenceTerm(given.independence, pass.code, pass.labels)', 'independenceTerm(given.independence, pass.posterior.mean, pass.labels)'),
  causalWae('causal-wae.ts', '(4): the mask layer', 'reconstruction, absolute', 'pass.mean(z1.sub(explained)', 'pass.mean(z1.add(explained)'),
  causalWae('causal-wae.ts', 'reconstruction: squares', 'reconstruction, absolute', 'pass.mean(difference.square())', 'pass.mean(difference.abs())'),
  causalWae('divergence.ts', 'GAN: non-saturating sign', 'divergence: gan', 'discriminator!.encoderLoss(code)', 'discriminator!.encoderLoss(code).neg()'),
  causalWae('divergence.ts', 'GAN: prior and codes of the discriminator', 'divergence: gan', 'discriminator.loss(prior as tf.Tensor2D, code as tf.Tensor2D)', 'discriminator.loss(code as tf.Tensor2D, prior as tf.Tensor2D)'),
  causalWae('divergence.ts', 'MMD: unbiased', 'divergence: mmd', "estimator: 'unbiased'", "estimator: 'biased'"),
  causalWae('divergence.ts', 'Sinkhorn: ε', 'divergence: sinkhorn', 'sinkhornDivergence(code, prior, { epsilon })', 'sinkhornDivergence(code, prior, { epsilon: 2 * epsilon })'),
  causalWae('independence.ts', 'HSIC is characteristic', 'independence: hsic', "kernel: 'rbf'", "kernel: 'linear'"),
  causalWae('independence.ts', 'dHSIC: the labels', 'independence: dhsic', 'dhsic([labels, ...tf.split', 'dhsic([...tf.split'),
  causalWae('sinkhorn-autoencoder.ts', 'codes on the sphere', 'matching sphere', 'code.div(code.square()', 'code.mul(code.square()'),
  causalWae('sinkhorn-autoencoder.ts', 'Gaussian W₂: covariance', 'matching gaussian', '.div(n - 1)', '.div(n)'),
  causalWae('hsic-vae.ts', 'HSIC-VAE: KL by rows', 'HsicVAE is its objective', '.sub(1).sub(v).sum(1)).mul(0.5)', '.sub(1).add(v).sum(1)).mul(0.5)'),
  causalWae('hsic-vae.ts', 'HSIC-VAE: the likelihood’s variance', 'HsicVAE is its objective', 'div(2 * given.outputVariance)', 'div(given.outputVariance)'),
  causalWae('summed-squares.ts', 'a picture’s whole error', 'WAE with mmd', '.mean(1).mul(values)', '.mean(1)'),

  causalVae('gaussian-terms.ts', 'KL(q(z) ‖ p(z | u)): C or Cᵀ', 'preset paper is its', 'const transposed = inverse(system);', 'const transposed = inverse(system).transpose() as tf.Tensor2D;'),
  causalVae('gaussian-terms.ts', 'KL(q(z) ‖ p(z | u)): the determinant', 'preset paper is its', '    .add(determinant)', '    .sub(determinant)'),
  causalVae('gaussian-terms.ts', 'KL(q(z) ‖ p(z | u)): λ₂', 'preset paper is its', 'prior.logSigma.mul(-2).exp()', 'prior.logSigma.neg().exp()'),
  causalVae('gaussian-terms.ts', 'KL between diagonals', 'ConditionVAE', 'q.logSigma.sub(p.logSigma)', 'q.logSigma'),
  causalVae('gaussian-terms.ts', 'likelihood: variance', '^VAE is', 'values / (2 * variance)', 'values / variance'),
  causalVae('causal-vae.ts', 'prior for posterior', 'preset causal is its', 'latentKl(adjacency(), epsilon, priorOf(room, pass), pass.mean)', 'latentKl(adjacency(), priorOf(room, pass), epsilon, pass.mean)'),
  causalVae('causal-vae.ts', 'free latents are held to the prior', 'preset causal is its', 'return concepts.add(pass.mean(klToStandardNormal(pass.freePosterior)));', 'return concepts;'),
  causalVae('causal-vae.ts', 'z₂: the noise', 'preset paper is its', 'mask.apply(A, z1).add(exogenous(A, z1))', 'mask.apply(A, z1)'),
  causalVae('causal-vae.ts', 'z₁ centred around λ₁(u)', 'preset causal is its', '(centre(room, unit)?.add(z) as tf.Tensor3D | undefined) ?? z', 'z'),
  causalVae('causal-vae.ts', 'encoder of variance 1', 'preset official is its', "encoderVariance === 'one' ? tf.zerosLike(logSigma)", "encoderVariance === 'one' ? logSigma"),
  causalVae('causal-vae.ts', 'without labels: p(z) = N(0, I)', 'without labels', "!(prior instanceof LabelPrior) || supervision === 'none'", '!(prior instanceof LabelPrior)'),
  causalVae('condition-vae.ts', 'ConditionVAE: prior for posterior', 'ConditionVAE', 'klDiagonal(posterior, networks.prior.of(pass.unit))', 'klDiagonal(networks.prior.of(pass.unit), posterior)'),
  causalVae('label-prior.ts', 'λ₁ and log λ₂', 'ConditionVAE', 'const [mean, logSigma] = tf.split(outputs', 'const [logSigma, mean] = tf.split(outputs'),
  causalVae('vae.ts', 'β', 'BetaVAE is', 'divergence: beta }', 'divergence: 1 }'),
  byVae('concept-autoencoder.ts', 'mask of A', 'preset causal is its', 'adjacency.mul(mask) as tf.Tensor2D', 'adjacency.transpose().mul(mask) as tf.Tensor2D'),
];
