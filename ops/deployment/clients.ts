import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { dependencies } from '../../functions/runtime/dependencies.ts';
import { awsServices } from '../../functions/runtime/sdk-services.ts';
import { awsSettings } from './aws-settings.ts';
import type { Deployment } from './deployment.ts';

/** The SDK's clients for one deployment, each made when it is first asked for. */
export function clientsOf({ environment }: Deployment) {
  return {
    cognito: () => new CognitoIdentityProviderClient(awsSettings(environment, 'COGNITO_IDENTITY_PROVIDER')),
    dynamoDb: () => new DynamoDBClient(awsSettings(environment, 'DYNAMODB')),
    lambda: () => new LambdaClient(awsSettings(environment)),
    apiGateway: () => new ApiGatewayV2Client(awsSettings(environment)),
    scheduler: () => new SchedulerClient(awsSettings(environment)),
    logs: () => new CloudWatchLogsClient(awsSettings(environment)),
  };
}

/** The stores and the gateway as the functions use them; what they would log is not ours to log. */
export function portsOf({ environment }: Deployment) {
  return dependencies(awsServices, environment, { lifeLog: { note: () => undefined } });
}
