import type { Matrix } from '../dataset';

/** A concept told by one of CelebA's 40 attributes. */
export interface CelebaConcept {
  readonly name: string;
  readonly attribute: string;
  /** The concept is the attribute's opposite. Default false. */
  readonly not?: boolean;
}

export interface CelebaSelection {
  readonly concepts: readonly CelebaConcept[];
  /** A[i][j] ≠ 0: i → j. Default: none. */
  readonly graph?: Matrix;
}

/** The selections of CausalVAE (Yang et al. 2021). */
export const CELEBA_SELECTIONS = {
  smile: {
    concepts: [
      { name: 'gender', attribute: 'Male' },
      { name: 'smile', attribute: 'Smiling' },
      { name: 'eyes', attribute: 'Narrow_Eyes', not: true },
      { name: 'mouth', attribute: 'Mouth_Slightly_Open' },
    ],
    graph: [
      [0, 0, 1, 0],
      [0, 0, 1, 1],
      [0, 0, 0, 0],
      [0, 0, 1, 0],
    ],
  },
  beard: {
    concepts: [
      { name: 'age', attribute: 'Young' },
      { name: 'gender', attribute: 'Male' },
      { name: 'bald', attribute: 'Bald' },
      { name: 'beard', attribute: 'No_Beard', not: true },
    ],
    graph: [
      [0, 0, 1, 1],
      [0, 0, 1, 1],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ],
  },
} as const satisfies Record<string, CelebaSelection>;

/** CelebA's attributes in the order of its file. */
export const CELEBA_ATTRIBUTES = [
  '5_o_Clock_Shadow', 'Arched_Eyebrows', 'Attractive', 'Bags_Under_Eyes', 'Bald', 'Bangs',
  'Big_Lips', 'Big_Nose', 'Black_Hair', 'Blond_Hair', 'Blurry', 'Brown_Hair', 'Bushy_Eyebrows',
  'Chubby', 'Double_Chin', 'Eyeglasses', 'Goatee', 'Gray_Hair', 'Heavy_Makeup',
  'High_Cheekbones', 'Male', 'Mouth_Slightly_Open', 'Mustache', 'Narrow_Eyes', 'No_Beard',
  'Oval_Face', 'Pale_Skin', 'Pointy_Nose', 'Receding_Hairline', 'Rosy_Cheeks', 'Sideburns',
  'Smiling', 'Straight_Hair', 'Wavy_Hair', 'Wearing_Earrings', 'Wearing_Hat',
  'Wearing_Lipstick', 'Wearing_Necklace', 'Wearing_Necktie', 'Young',
] as const; // prettier-ignore
