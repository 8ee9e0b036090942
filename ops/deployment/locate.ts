import type { Environment } from '../../functions/runtime/settings.ts';
import type { Deployment } from './deployment.ts';
import { locateByCloudFormation } from './from-cloud-formation.ts';
import { localDeployment } from './from-local-stack.ts';

export type Where = {
  readonly stage: string;
  /** `process.env`, or what stands for it in a test. */
  readonly env: Environment;
};

/**
 * Finds the deployment that the AWS environment points at: the local stack where `AWS_ENDPOINT_URL` is its
 * first address, else the stacks of the stage, on AWS or on an emulator. Reads only.
 *
 * @throws {OperationFailed} saying what is missing, and what to do.
 */
export async function locate(where: Where): Promise<Deployment> {
  const endpoint = where.env.AWS_ENDPOINT_URL;
  const local = endpoint === undefined || endpoint === '' ? undefined : await localDeployment(endpoint);
  return local ?? locateByCloudFormation(where);
}
