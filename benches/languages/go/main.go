// Cells on standard input, times of golang-jwt on standard output. Nothing is timed before all of its answers were right.
package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"reflect"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

type cell struct {
	Algorithm string                   `json:"algorithm"`
	Key       []byte                   `json:"key"`
	Tokens    []string                 `json:"tokens"`
	Claims    []map[string]interface{} `json:"claims"`
	Refused   map[string][]string      `json:"refused"`
}

type input struct {
	Issuer   string  `json:"issuer"`
	Audience string  `json:"audience"`
	Rounds   int     `json:"rounds"`
	TargetMs float64 `json:"target_ms"`
	Cells    []cell  `json:"cells"`
}

type found struct {
	Contender string    `json:"contender"`
	Algorithm string    `json:"algorithm"`
	Answers   int       `json:"answers"`
	Us        []float64 `json:"us"`
}

type verify func(token string) (jwt.MapClaims, error)

func main() {
	var given input
	must(json.NewDecoder(os.Stdin).Decode(&given))
	results := []found{}
	for _, one := range given.Cells {
		check := verifier(one, given)
		answers := prove(check, one)
		passes := int(math.Max(1, math.Ceil(given.TargetMs*1_000/(measure(check, one.Tokens, 5)*float64(len(one.Tokens))))))
		times := []float64{}
		for round := 0; round < given.Rounds; round++ {
			times = append(times, measure(check, one.Tokens, passes))
		}
		results = append(results, found{"golang-jwt", one.Algorithm, answers, times})
	}
	must(json.NewEncoder(os.Stdout).Encode(results))
}

func verifier(one cell, given input) verify {
	key := parse(one)
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{one.Algorithm}),
		jwt.WithIssuer(given.Issuer),
		jwt.WithAudience(given.Audience),
		jwt.WithExpirationRequired(),
	)
	keys := func(*jwt.Token) (interface{}, error) { return key, nil }
	return func(token string) (jwt.MapClaims, error) {
		claims := jwt.MapClaims{}
		_, err := parser.ParseWithClaims(token, claims, keys)
		return claims, err
	}
}

func parse(one cell) interface{} {
	var key interface{}
	var err error
	switch one.Algorithm {
	case "HS256":
		key = one.Key
	case "RS256":
		key, err = jwt.ParseRSAPublicKeyFromPEM(one.Key)
	case "ES256":
		key, err = jwt.ParseECPublicKeyFromPEM(one.Key)
	default:
		key, err = jwt.ParseEdPublicKeyFromPEM(one.Key)
	}
	must(err)
	return key
}

func prove(check verify, one cell) int {
	answers := len(one.Tokens)
	for place, token := range one.Tokens {
		claims, err := check(token)
		must(err)
		if !reflect.DeepEqual(map[string]interface{}(claims), one.Claims[place]) {
			panic(one.Algorithm + ": the claims differ")
		}
	}
	for what, tokens := range one.Refused {
		answers += len(tokens)
		for _, token := range tokens {
			if _, err := check(token); err == nil {
				panic(fmt.Sprintf("%s: accepted a token with: %s", one.Algorithm, what))
			}
		}
	}
	return answers
}

// Microseconds a token.
func measure(check verify, tokens []string, passes int) float64 {
	start := time.Now()
	for pass := 0; pass < passes; pass++ {
		for _, token := range tokens {
			_, err := check(token)
			must(err)
		}
	}
	return float64(time.Since(start).Nanoseconds()) / 1_000 / float64(passes*len(tokens))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
