//! rapidjwt verifies JSON Web Tokens. The modules stand in the order in which a token passes them.
