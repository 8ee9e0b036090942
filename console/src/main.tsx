import { render } from 'preact';
import { App } from './app.tsx';
import { loadSettings, type Settings } from './settings.ts';
import { loadSignIn, saveSignIn } from './sign-in/kept-sign-in.ts';
import { isReturning, returnFromHostedSignIn } from './sign-in/pkce.ts';
import { tokensFor } from './sign-in/tokens.ts';

async function start(place: HTMLElement): Promise<void> {
  try {
    const settings = await loadSettings();
    const notice = await comeBack(settings);
    const kept = loadSignIn();
    const signedIn =
      kept === undefined
        ? undefined
        : { userName: kept.userName, tokens: tokensFor(settings.identity, kept) };
    render(<App settings={settings} signedIn={signedIn} notice={notice} />, place);
  } catch (failure) {
    render(
      <main class="sign-in">
        <h1>Heliograph</h1>
        <p class="banner bad" role="alert">
          The console cannot start. {failure instanceof Error ? failure.message : ''} Whoever deployed it
          should look at its settings.
        </p>
      </main>,
      place,
    );
  }
}

/** After a hosted sign-in. Gives what went wrong, if anything did. */
async function comeBack({ hosted, identity }: Settings): Promise<string | undefined> {
  const query = location.search;
  if (hosted === undefined || !isReturning(query)) return undefined;
  const page = location.origin + location.pathname;
  // The code is used once, and has no place in the history.
  history.replaceState(null, '', location.pathname);
  try {
    saveSignIn(await returnFromHostedSignIn(hosted, { clientId: identity.clientId, page, query }));
    return undefined;
  } catch (failure) {
    return failure instanceof Error ? failure.message : 'The sign-in failed. Try it once more.';
  }
}

const place = document.querySelector<HTMLElement>('#app');
if (place !== null) void start(place);
