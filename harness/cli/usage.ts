/** A mistake of the user on the command line. */

/** The message is a whole sentence: where, what was expected, what was found, what to do. Exit status 2. */
export class UsageError extends Error {}
