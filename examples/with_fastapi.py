"""FastAPI: one dependency for the whole application, a model of the claims for one route, a scope for another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Security

import shop
from rapidjwt import VerifiedToken
from rapidjwt.web import Guard
from rapidjwt.web.fastapi import Bearer


@dataclass
class Customer:
    """The claims that this application reads."""

    sub: str
    iss: str


# Routes say for themselves what they need: this guard has no rules, and so asks for a token everywhere.
guard = Guard(shop.verifier)
app = FastAPI(title="Shop")


@app.get("/")
async def index() -> dict[str, Any]:
    """For everybody: nothing asks for a token here."""
    return {"path": "/", "user": None}


@app.get("/me")
async def me(customer: Annotated[Customer, Depends(Bearer(guard, into=Customer))]) -> dict[str, Any]:
    """For everybody who has a token."""
    return {"path": "/me", "user": customer.sub}


@app.get("/orders")
async def orders(token: Annotated[VerifiedToken, Security(Bearer(guard), scopes=["orders:read"])]) -> dict[str, Any]:
    """For those whose token has the scope."""
    return {"path": "/orders", "user": token.subject}


if __name__ == "__main__":
    shop.serve_asgi(app)
