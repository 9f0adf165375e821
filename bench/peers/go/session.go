package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Sessions checks bearer tokens: "<account id>.<expiry, Unix seconds>.<HMAC-SHA-256 of the two>".
type Sessions struct {
	secret []byte
}

// Account returns whose session a request carries.
func (s Sessions) Account(r *http.Request) (int64, bool) {
	header := r.Header.Get("Authorization")
	token := strings.TrimPrefix(header, "Bearer ")
	dot := strings.LastIndexByte(token, '.')
	if token == header || dot < 0 {
		return 0, false
	}
	signature, err := base64.RawURLEncoding.DecodeString(token[dot+1:])
	if err != nil {
		return 0, false
	}
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte(token[:dot]))
	if !hmac.Equal(mac.Sum(nil), signature) {
		return 0, false
	}
	id, expiry, found := strings.Cut(token[:dot], ".")
	account, idErr := strconv.ParseInt(id, 10, 64)
	expires, expiryErr := strconv.ParseInt(expiry, 10, 64)
	if !found || idErr != nil || expiryErr != nil || time.Now().Unix() >= expires {
		return 0, false
	}
	return account, true
}
