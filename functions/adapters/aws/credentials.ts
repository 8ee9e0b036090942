/** What a request to AWS is signed with. */
export type AwsCredentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
};

/** Asked before each attempt, so that credentials that are replaced are used at once. */
export type CredentialSource = () => AwsCredentials;
