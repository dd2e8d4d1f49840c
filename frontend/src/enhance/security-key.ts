// Security keys (WebAuthn): what the server asks is handed to the browser, the answer goes back in the form.
// Values that are bytes travel as base64url; not every browser converts them by itself yet.

type Json = Record<string, unknown>;

function toBytes(text: string): ArrayBuffer {
  const padded = text.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(text.length / 4) * 4, "=");
  return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0)).buffer;
}

function toText(bytes: ArrayBuffer): string {
  const letters = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function known(list: unknown): PublicKeyCredentialDescriptor[] {
  const rows = Array.isArray(list) ? (list as Json[]) : [];
  return rows.map((row) => ({ type: "public-key", id: toBytes(String(row["id"])) }));
}

async function create(asked: Json): Promise<Json> {
  const user = asked["user"] as Json;
  const publicKey = {
    ...asked,
    challenge: toBytes(String(asked["challenge"])),
    user: { ...user, id: toBytes(String(user["id"])) },
    excludeCredentials: known(asked["excludeCredentials"]),
  } as unknown as PublicKeyCredentialCreationOptions;
  const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  const response = made.response as AuthenticatorAttestationResponse;
  return answer(made, response, { attestationObject: toText(response.attestationObject) });
}

async function get(asked: Json): Promise<Json> {
  const publicKey = {
    ...asked,
    challenge: toBytes(String(asked["challenge"])),
    allowCredentials: known(asked["allowCredentials"]),
  } as unknown as PublicKeyCredentialRequestOptions;
  const used = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  const response = used.response as AuthenticatorAssertionResponse;
  return answer(used, response, {
    authenticatorData: toText(response.authenticatorData),
    signature: toText(response.signature),
    userHandle: response.userHandle ? toText(response.userHandle) : null,
  });
}

function answer(credential: PublicKeyCredential, response: AuthenticatorResponse, more: Json): Json {
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    clientExtensionResults: {},
    response: { clientDataJSON: toText(response.clientDataJSON), ...more },
  };
}

/** Forms with `data-px-key="create"` or `"get"` ask the key before they are sent. */
export function startSecurityKeys(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-px-key]")) {
    const options = form.querySelector("script[type='application/json']");
    const field = form.querySelector<HTMLInputElement>("input[name=credential]");
    const trouble = form.querySelector<HTMLElement>("[data-px-key-trouble]");
    if (!options || !field) continue;
    const asked = (JSON.parse(options.textContent ?? "{}") as { publicKey: Json }).publicKey;
    form.addEventListener("submit", (event) => {
      if (field.value) return;
      event.preventDefault();
      const done = form.dataset["pxKey"] === "create" ? create(asked) : get(asked);
      done.then(
        (found) => {
          field.value = JSON.stringify(found);
          form.requestSubmit();
        },
        () => {
          if (trouble) trouble.textContent = trouble.dataset["pxKeyTrouble"] ?? "";
        },
      );
    });
  }
}
