// A real identity provider on loopback: client credentials, JWT access tokens (RFC 9068), keys that can be rotated.
// Prints its issuer. Each line on stdin is the JWK Set, private parts and all, with which it starts anew on the same port;
// it answers "ready". It ends when stdin ends.
import http from 'node:http';
import readline from 'node:readline';
import { Provider } from 'oidc-provider';

// Its notices belong to stderr: stdout is what the test reads.
console.info = console.error;

const AUDIENCE = 'https://api.example';

function provider(issuer, jwks) {
  return new Provider(issuer, {
    jwks,
    clients: [{
      client_id: 'client', client_secret: 'secret', grant_types: ['client_credentials'], redirect_uris: [], response_types: [],
      // Never issued, and checked all the same.
      id_token_signed_response_alg: jwks.keys[0].alg,
    }],
    ttl: { ClientCredentials: 600 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        getResourceServerInfo: () => ({
          scope: 'read', audience: AUDIENCE, accessTokenFormat: 'jwt', jwt: { sign: { alg: jwks.keys[0].alg } },
        }),
      },
    },
  });
}

let answer = (request, response) => response.writeHead(503).end();
const server = http.createServer((request, response) => answer(request, response));
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  console.log(issuer);
  const lines = readline.createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    answer = provider(issuer, JSON.parse(line)).callback();
    console.log('ready');
  });
  lines.on('close', () => process.exit(0));
});
