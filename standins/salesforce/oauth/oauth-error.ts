/** An OAuth refusal: HTTP 400 `{error, error_description}`. */
export class OAuthError extends Error {
  override name = 'OAuthError';
  readonly error: string;
  constructor(error: string, description: string) {
    super(description);
    this.error = error;
  }
}
