/** The company's people at the provider, read with the app's own identity. */
export interface Directory {
  /** The subject id of the person with this e-mail; undefined if the provider knows none. Throws `ProviderError`. */
  findSubjectByEmail(email: string): Promise<string | undefined>;
}
