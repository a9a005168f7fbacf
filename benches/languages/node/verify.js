// Cells on standard input, times of fast-jwt and jose on standard output. Nothing is timed before all of its answers were right.

import { createPublicKey, createSecretKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createVerifier } from "fast-jwt";
import { jwtVerify } from "jose";

const { issuer, audience, rounds, target_ms: targetMs, cells } = JSON.parse(readFileSync(0, "utf8"));

const contenders = {
  "fast-jwt": (cell) => fastJwt(cell, false),
  "fast-jwt, cached": (cell) => fastJwt(cell, 1_024),
  jose: (cell) => {
    const key = keyObject(cell);
    const options = { algorithms: [cell.algorithm], issuer, audience, requiredClaims: ["exp"] };
    return async (token) => (await jwtVerify(token, key, options)).payload;
  },
};

function fastJwt(cell, cache) {
  const key = cell.algorithm === "HS256" ? Buffer.from(cell.key, "base64") : Buffer.from(cell.key, "base64").toString();
  return createVerifier({
    key,
    algorithms: [cell.algorithm],
    allowedIss: issuer,
    allowedAud: audience,
    requiredClaims: ["exp"],
    cache,
  });
}

function keyObject(cell) {
  const bytes = Buffer.from(cell.key, "base64");
  return cell.algorithm === "HS256" ? createSecretKey(bytes) : createPublicKey(bytes);
}

async function prove(verify, cell) {
  for (const [place, token] of cell.tokens.entries()) {
    const claims = await verify(token);
    if (JSON.stringify(claims) !== JSON.stringify(cell.claims[place])) throw new Error("the claims differ");
  }
  for (const [what, tokens] of Object.entries(cell.refused)) {
    for (const token of tokens) {
      let accepted = true;
      try {
        await verify(token);
      } catch {
        accepted = false;
      }
      if (accepted) throw new Error(`accepted a token with: ${what}`);
    }
  }
  return cell.tokens.length + Object.values(cell.refused).flat().length;
}

// Microseconds a token. An asynchronous library is awaited, as its callers do; a synchronous one is not.
async function time(verify, tokens, passes) {
  const start = process.hrtime.bigint();
  if (verify.constructor.name === "AsyncFunction") {
    for (let pass = 0; pass < passes; pass++) for (const token of tokens) await verify(token);
  } else {
    for (let pass = 0; pass < passes; pass++) for (const token of tokens) verify(token);
  }
  return Number(process.hrtime.bigint() - start) / 1_000 / passes / tokens.length;
}

const found = [];
for (const cell of cells) {
  const ready = [];
  for (const [name, make] of Object.entries(contenders)) {
    const verify = make(cell);
    let answers;
    try {
      answers = await prove(verify, cell);
      answers += await prove(verify, cell);
    } catch (error) {
      throw new Error(`${name}, ${cell.algorithm}: ${error.message}`);
    }
    const once = await time(verify, cell.tokens, 20);
    const passes = Math.max(1, Math.ceil((targetMs * 1_000) / (once * cell.tokens.length)));
    ready.push({ name, verify, passes, answers, us: [] });
  }
  for (let round = 0; round < rounds; round++) {
    for (let place = 0; place < ready.length; place++) {
      const one = ready[(round + place) % ready.length];
      one.us.push(await time(one.verify, cell.tokens, one.passes));
    }
  }
  for (const { name, answers, us } of ready) found.push({ contender: name, algorithm: cell.algorithm, answers, us });
}
console.log(JSON.stringify(found));
