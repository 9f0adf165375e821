package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	memosPath  = "/api/v1/memos"
	bodyMax    = 64 << 10
	titleMax   = 200
	contentMax = 20_000
	pageMax    = 100
	pageUsual  = 50
	deadline   = 10 * time.Second
)

// API answers HTTP requests.
type API struct {
	store    *Store
	sessions Sessions
}

func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Request-Id", requestID(r))
	if r.URL.Path == "/livez" {
		writeJSON(w, http.StatusOK, []byte(`{"status":"ok"}`))
		return
	}
	account, ok := a.sessions.Account(r)
	if !ok {
		w.Header().Set("WWW-Authenticate", "Bearer")
		problem(w, http.StatusUnauthorized, "unauthenticated")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), deadline)
	defer cancel()
	switch {
	case r.Method == http.MethodGet && r.URL.Path == memosPath:
		a.list(ctx, w, r, account)
	case r.Method == http.MethodPost && r.URL.Path == memosPath:
		a.create(ctx, w, r, account)
	case r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, memosPath+"/"):
		a.get(ctx, w, r, account)
	default:
		problem(w, http.StatusNotFound, "not-found")
	}
}

func (a *API) get(ctx context.Context, w http.ResponseWriter, r *http.Request, account int64) {
	id, ok := ParseID(r.URL.Path[len(memosPath)+1:])
	if !ok {
		problem(w, http.StatusNotFound, "not-found")
		return
	}
	memo, err := a.store.Get(ctx, account, id)
	if errors.Is(err, sql.ErrNoRows) {
		problem(w, http.StatusNotFound, "not-found")
		return
	}
	if err != nil {
		failed(w, err)
		return
	}
	tag := etag(memo.Version)
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", "private, no-cache")
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	answer(w, http.StatusOK, memo)
}

func (a *API) list(ctx context.Context, w http.ResponseWriter, r *http.Request, account int64) {
	limit, before := pageUsual, ID{}
	for i := range before {
		before[i] = 0xff
	}
	query := r.URL.Query()
	if text := query.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > pageMax {
			problem(w, http.StatusBadRequest, "validation")
			return
		}
		limit = n
	}
	if text := query.Get("cursor"); text != "" {
		id, ok := ParseID(text)
		if !ok {
			problem(w, http.StatusBadRequest, "validation")
			return
		}
		before = id
	}
	memos, err := a.store.List(ctx, account, before, limit+1)
	if err != nil {
		failed(w, err)
		return
	}
	page := Page{Items: memos}
	if len(memos) > limit {
		page.Items = memos[:limit]
		page.NextCursor = &memos[limit-1].ID
	}
	w.Header().Set("Cache-Control", "no-store")
	answer(w, http.StatusOK, page)
}

func (a *API) create(ctx context.Context, w http.ResponseWriter, r *http.Request, account int64) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyMax))
	if err != nil {
		problem(w, http.StatusRequestEntityTooLarge, "too-large")
		return
	}
	var input struct {
		Title   string `json:"title"`
		Content string `json:"content"`
		Pinned  bool   `json:"pinned"`
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&input); err != nil {
		problem(w, http.StatusBadRequest, "bad-request")
		return
	}
	key := r.Header.Get("Idempotency-Key")
	length := utf8.RuneCountInString(input.Title)
	if length < 1 || length > titleMax || utf8.RuneCountInString(input.Content) > contentMax ||
		len(key) < 1 || len(key) > 128 {
		problem(w, http.StatusBadRequest, "validation")
		return
	}
	now := time.Now()
	id, err := NewID(now)
	if err != nil {
		failed(w, err)
		return
	}
	at := formatTime(now.UnixMilli())
	memo := Memo{ID: id.String(), Title: input.Title, Content: &input.Content, Pinned: input.Pinned,
		State: "active", Version: 1, CreatedAt: at, UpdatedAt: at}
	encoded, err := json.Marshal(memo)
	if err != nil {
		failed(w, err)
		return
	}
	earlier, err := a.store.Create(ctx, &Create{Account: account, ID: id, Title: input.Title,
		Content: input.Content, Pinned: input.Pinned, At: now, Key: hash(key),
		Request: hash("POST\n" + memosPath + "\n" + string(body)), Answer: encoded})
	if errors.Is(err, ErrKeyReused) {
		problem(w, http.StatusUnprocessableEntity, "idempotency-key-reused")
		return
	}
	if err != nil {
		failed(w, err)
		return
	}
	if earlier != nil {
		w.Header().Set("Idempotency-Replayed", "true")
		if err := json.Unmarshal(earlier, &memo); err != nil {
			failed(w, err)
			return
		}
		encoded = earlier
	}
	w.Header().Set("Location", memosPath+"/"+memo.ID)
	w.Header().Set("ETag", etag(memo.Version))
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("Preference-Applied", "durability=region")
	writeJSON(w, http.StatusCreated, encoded)
}

func hash(text string) (half [16]byte) {
	sum := sha256.Sum256([]byte(text))
	copy(half[:], sum[:16])
	return half
}

func etag(version uint32) string { return `"` + strconv.FormatUint(uint64(version), 10) + `"` }

func requestID(r *http.Request) string {
	if id := r.Header.Get("X-Request-Id"); id != "" && len(id) <= 64 {
		return id
	}
	var random [8]byte
	if _, err := rand.Read(random[:]); err != nil {
		return "-"
	}
	return hex.EncodeToString(random[:])
}

func answer(w http.ResponseWriter, status int, value interface{}) {
	body, err := json.Marshal(value)
	if err != nil {
		failed(w, err)
		return
	}
	writeJSON(w, status, body)
}

func writeJSON(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body)
}

func failed(w http.ResponseWriter, err error) {
	log.Print(err)
	problem(w, http.StatusInternalServerError, "internal")
}

func problem(w http.ResponseWriter, status int, kind string) {
	body, _ := json.Marshal(map[string]interface{}{
		"type": "/problems/" + kind, "title": http.StatusText(status), "status": status,
		"request_id": w.Header().Get("X-Request-Id"),
	})
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	w.Write(body)
}
