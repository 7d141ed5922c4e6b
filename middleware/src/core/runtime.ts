/** What the outside gives to every use case, so that tests and simulations can give something else. */

/** The present instant. */
export type Now = () => Date;

export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * Called at named steps between effects. The product passes a function that does nothing; a crash test passes one that
 * stops the process there.
 */
export type Step = (name: string) => Promise<void>;
export const noStep: Step = () => Promise.resolve();
