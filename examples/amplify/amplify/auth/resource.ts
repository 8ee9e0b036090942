import { defineAuth } from '@aws-amplify/backend';

/** As Amplify makes it: people sign in by e-mail, so that user names are UUIDs. */
export const auth = defineAuth({
  loginWith: { email: true },
  groups: ['robots', 'operators', 'viewers', 'admins'],
});
