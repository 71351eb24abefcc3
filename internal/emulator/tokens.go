// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/rand"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// TokensPath is the path to make an access token, with POST.
const TokensPath = "/v1/integrator/tokens"

const (
	tokenLimit       = 100 // successful requests in tokenWindow
	tokenWindow      = time.Minute
	maxTokenLifetime = 3600
)

// Token is an access token.
type Token struct {
	Value     string
	UserID    string
	IssuedAt  time.Time
	ExpiresAt time.Time
}

// Tokens returns the access tokens made so far.
func (s *Server) Tokens() []Token {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.tokens)
}

func (s *Server) createToken(w http.ResponseWriter, r *http.Request) {
	members, invalid := membersOf(r.Body)
	if invalid != nil {
		invalidFields(w, *invalid)
		return
	}
	key, isString := members["userApiKey"].(string)
	lifetime, isNumber := members["expiresIn"].(float64)
	if _, present := members["expiresIn"]; !present {
		lifetime, isNumber = maxTokenLifetime, true
	}
	switch {
	case !isString || key == "":
		invalidFields(w, fieldError{Field: "userApiKey", Message: "must be a string that is not empty", Code: "invalid-type"})
		return
	case !isNumber || lifetime != math.Trunc(lifetime) || lifetime < 1 || lifetime > maxTokenLifetime:
		invalidFields(w, fieldError{Field: "expiresIn", Message: "must be a whole number between 1 and 3600", Code: "out-of-range"})
		return
	case !slices.Contains(s.options.Users, key):
		unauthorized(w, ProblemInvalidToken, "invalid-user-api-key", "There is no user with this API key.")
		return
	}
	if wait := s.tokenWait(); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}

	issued := s.now()
	token := Token{
		Value:     "spr_" + rand.Text(),
		UserID:    "user_" + strconv.Itoa(slices.Index(s.options.Users, key)),
		IssuedAt:  issued,
		ExpiresAt: issued.Add(time.Duration(lifetime) * time.Second),
	}
	s.tokens = append(s.tokens, token)
	writeJSON(w, map[string]any{
		"accessToken": token.Value,
		"userId":      token.UserID,
		"tokenType":   "Bearer",
		"expiresIn":   lifetime,
		"expiresAt":   formatTime(token.ExpiresAt),
	})
}

// tokenWait returns how long it takes until a token may be made. The server must be
// locked.
func (s *Server) tokenWait() time.Duration {
	if len(s.tokens) < tokenLimit {
		return 0
	}
	oldest := s.tokens[len(s.tokens)-tokenLimit]
	return oldest.IssuedAt.Add(tokenWindow).Sub(s.now())
}
