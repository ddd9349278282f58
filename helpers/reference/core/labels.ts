/** The strings of the pages that are translated. */
export interface Labels {
  readonly language: 'en' | 'de'
  readonly logIn: string
  readonly username: string
  readonly password: string
  readonly wrongLogin: string
  readonly blocked: string
  readonly flooded: string
  readonly loginFirst: string
  readonly grantTitle: string
  readonly allowing: string
  readonly to: string
  readonly allow: string
  readonly deny: string
  readonly outdated: string
  readonly notPermitted: string
  readonly device: string
  readonly userCode: string
  readonly allowDevice: string
  readonly denyDevice: string
  readonly deviceDecided: string
  readonly wrongUserCode: string
  readonly error: string
  readonly status: string
  readonly logOut: string
  readonly accessDenied: string
  readonly unauthorized: string
  readonly notFound: string
  readonly clientError: string
  readonly crash: string
}

const english: Labels = {
  language: 'en',
  logIn: 'Log in',
  username: 'Username',
  password: 'Password',
  wrongLogin: 'Unrecognized username or password. Forgot your password?',
  blocked: 'The account has not been activated or is blocked.',
  flooded: 'There have been more failed login attempts for this account than allowed. It is temporarily blocked.',
  loginFirst:
    'An external client application is requesting access to your data in this site. Please log in first to authorize the operation.',
  grantTitle: 'Grant Access to Client',
  allowing: 'You are allowing',
  to: 'to',
  allow: 'Allow',
  deny: 'Deny',
  outdated:
    'The form has become outdated. Press the back button, copy any unsaved work in the form, and then reload the page.',
  notPermitted: "The 'grant simple_oauth codes' permission is required.",
  device: 'Device Authorization',
  userCode: 'Device Code',
  allowDevice: 'Authorize Device',
  denyDevice: 'Deny Access',
  deviceDecided: 'You can now close this page.',
  wrongUserCode: 'Invalid user code. Please check the code and try again.',
  error: 'Error message',
  status: 'Status message',
  logOut: 'Log out',
  accessDenied: 'Access denied',
  unauthorized: 'Unauthorized',
  notFound: 'Page not found',
  clientError: 'Client error',
  crash: 'The website encountered an unexpected error. Try again later.',
}

const german: Labels = {
  language: 'de',
  logIn: 'Anmelden',
  username: 'Benutzername',
  password: 'Passwort',
  wrongLogin: 'Unbekannter Benutzername oder falsches Passwort. Passwort vergessen?',
  blocked: 'Das Benutzerkonto ist nicht aktiviert oder gesperrt.',
  flooded: 'Es gab mehr fehlgeschlagene Anmeldeversuche als erlaubt. Das Konto ist vorübergehend gesperrt.',
  loginFirst:
    'Eine externe Anwendung bittet um Zugriff auf Ihre Daten. Bitte melden Sie sich an, um den Vorgang zu genehmigen.',
  grantTitle: 'Zugriff für Anwendung gewähren',
  allowing: 'Sie erlauben',
  to: 'Folgendes',
  allow: 'Zulassen',
  deny: 'Ablehnen',
  outdated: 'Das Formular ist veraltet. Bitte sichern Sie Ihre Eingaben und laden Sie die Seite neu.',
  notPermitted: "Die Berechtigung 'grant simple_oauth codes' ist erforderlich.",
  device: 'Gerät freigeben',
  userCode: 'Gerätecode',
  allowDevice: 'Gerät zulassen',
  denyDevice: 'Zugriff ablehnen',
  deviceDecided: 'Sie können diese Seite jetzt schließen.',
  wrongUserCode: 'Ungültiger Code. Bitte prüfen Sie ihn und versuchen Sie es noch einmal.',
  error: 'Fehlermeldung',
  status: 'Statusmeldung',
  logOut: 'Abmelden',
  accessDenied: 'Zugriff verweigert',
  unauthorized: 'Nicht angemeldet',
  notFound: 'Seite nicht gefunden',
  clientError: 'Client-Fehler',
  crash: 'Auf der Website ist ein unerwarteter Fehler aufgetreten. Versuchen Sie es später noch einmal.',
}

export const labels: Readonly<Record<'en' | 'de', Labels>> = { en: english, de: german }
