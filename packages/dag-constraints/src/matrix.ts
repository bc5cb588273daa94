/** Rows of numbers. Of a graph, `matrix[i][j] ≠ 0` means the edge i → j. */
export type Matrix = readonly (readonly number[])[];
