import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type TokenSource, TokenUnavailable } from '../../../client/src/index.ts';
import type { Settings } from '../settings.ts';
import { refusalInWords } from './refusal-in-words.ts';
import { tokensFor } from './tokens.ts';

export type SignedIn = { readonly userName: string; readonly tokens: TokenSource };

/** Asks who it is: by password, with a new one where the first has expired, or by the hosted sign-in. */
export function SignInView(of: {
  readonly settings: Settings;
  /** Why somebody sees this again. */
  readonly notice: string | undefined;
  readonly onSignedIn: (signedIn: SignedIn) => void;
  readonly onHosted: () => void;
}) {
  const { settings } = of;
  const isBusy = useSignal(false);
  const problem = useSignal<string | undefined>(undefined);
  const choosing = useSignal<((password: string) => void) | undefined>(undefined);
  const nameField = useRef<HTMLInputElement>(null);
  const newPasswordField = useRef<HTMLInputElement>(null);
  useEffect(() => nameField.current?.focus(), []);
  useEffect(() => newPasswordField.current?.focus(), [choosing.value]);

  async function signIn(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (isBusy.value || !(event.target instanceof HTMLFormElement)) return;
    const given = new FormData(event.target);
    const userName = String(given.get('userName') ?? '').trim();
    const password = String(given.get('password') ?? '');
    if (userName === '' || password === '') {
      problem.value = 'Enter your user name and your password.';
      return;
    }
    isBusy.value = true;
    problem.value = undefined;
    const newPassword = (): Promise<string> =>
      new Promise((resolve) => {
        isBusy.value = false;
        choosing.value = resolve;
      });
    // A new password that the pool refuses is asked for again: the old one is still good to begin with.
    while (await isToChooseAgain({ userName, password, newPassword })) isBusy.value = true;
    isBusy.value = false;
    choosing.value = undefined;
  }

  async function isToChooseAgain(way: Parameters<typeof tokensFor>[1]): Promise<boolean> {
    try {
      const tokens = tokensFor(settings.identity, way);
      // Before anything connects, so that a wrong password is told here.
      await tokens.token();
      of.onSignedIn({ userName: way.userName, tokens });
      return false;
    } catch (failure) {
      const refusal = failure instanceof TokenUnavailable ? failure : undefined;
      problem.value = refusalInWords(refusal);
      return refusal?.code === 'InvalidPasswordException';
    }
  }

  function choose(event: SubmitEvent): void {
    event.preventDefault();
    if (isBusy.value || !(event.target instanceof HTMLFormElement)) return;
    const given = new FormData(event.target);
    const [first, second] = [String(given.get('new') ?? ''), String(given.get('again') ?? '')];
    if (first !== second) problem.value = 'The two are not the same. Enter the new password twice.';
    else if (first.length < 8) problem.value = 'A password needs at least 8 characters.';
    else {
      isBusy.value = true;
      problem.value = undefined;
      choosing.value?.(first);
    }
  }

  return (
    <main class="sign-in">
      <h1>
        <img src="./icon.svg" alt="" width="36" height="36" />
        Heliograph
      </h1>
      <p class="lead">See which robots are online, watch one, drive it.</p>
      {of.notice !== undefined && <p class="banner warn">{of.notice}</p>}
      <p class={problem.value === undefined ? 'banner hidden' : 'banner bad'} role="alert">
        {problem.value}
      </p>
      {choosing.value === undefined ? (
        <form class="card" onSubmit={(event) => void signIn(event)} noValidate>
          <label for="user-name">User name</label>
          <input
            ref={nameField}
            id="user-name"
            name="userName"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
          />
          <label for="password">Password</label>
          <input id="password" name="password" type="password" autocomplete="current-password" />
          <button type="submit" class="primary" aria-disabled={isBusy.value}>
            {isBusy.value ? 'Signing in…' : 'Sign in'}
          </button>
          {settings.hosted !== undefined && (
            <button type="button" onClick={of.onHosted}>
              Sign in with your organisation
            </button>
          )}
        </form>
      ) : (
        <form class="card" onSubmit={choose} noValidate>
          <p>Your password has expired. Choose a new one.</p>
          <label for="new-password">New password</label>
          <input
            ref={newPasswordField}
            id="new-password"
            name="new"
            type="password"
            autocomplete="new-password"
          />
          <label for="again">The same again</label>
          <input id="again" name="again" type="password" autocomplete="new-password" />
          <button type="submit" class="primary" aria-disabled={isBusy.value}>
            {isBusy.value ? 'Signing in…' : 'Set and sign in'}
          </button>
        </form>
      )}
      {settings.local !== undefined && <LocalUsers settings={settings} />}
    </main>
  );
}

/** Only of the local stack, where the users are worth nothing anywhere else. */
function LocalUsers({ settings: { local } }: { readonly settings: Settings }) {
  function fill(userName: string): void {
    const [name, password] = ['#user-name', '#password'].map((id) =>
      document.querySelector<HTMLInputElement>(id),
    );
    if (name == null || password == null) return;
    name.value = userName;
    password.value = local?.password ?? '';
    password.form?.requestSubmit();
  }
  return (
    <section class="card quiet" aria-labelledby="local-users">
      <h2 id="local-users">Users of this machine</h2>
      <p>
        This is a local stack; the password of each is <code>{local?.password}</code>.
      </p>
      <ul class="users">
        {local?.users.map(({ userName, groups }) => (
          <li key={userName}>
            <button type="button" onClick={() => fill(userName)}>
              {userName}
            </button>
            <span>{groups.join(', ')}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
