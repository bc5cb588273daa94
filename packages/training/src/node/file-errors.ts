const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'that file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of this user is used up',
  ENOTDIR: 'a part of the path is a file and no folder',
  EEXIST: 'a file of that name is there already',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
};

/**
 * An error of the file system as a sentence: what was tried, why it failed, what the system said.
 * @param tried Completes "Could not", such as `write runs/a/config.json`.
 */
export function explainFileError(error: unknown, tried: string): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = code === undefined ? undefined : REASONS[code];
  return new Error(`Could not ${tried}: ${reason === undefined ? '' : `${reason} — `}${message}`, {
    cause: error,
  });
}
