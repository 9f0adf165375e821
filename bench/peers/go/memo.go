package main

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"time"
)

// ID is a UUIDv7.
type ID [16]byte

// NewID makes an id for a memo created at the given time.
func NewID(now time.Time) (ID, error) {
	var id ID
	if _, err := rand.Read(id[6:]); err != nil {
		return id, err
	}
	var millis [8]byte
	binary.BigEndian.PutUint64(millis[:], uint64(now.UnixMilli()))
	copy(id[:6], millis[2:])
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id, nil
}

// ParseID reads the canonical form.
func ParseID(text string) (ID, bool) {
	var id ID
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return id, false
	}
	digits := text[:8] + text[9:13] + text[14:18] + text[19:23] + text[24:]
	_, err := hex.Decode(id[:], []byte(digits))
	return id, err == nil
}

// Scan takes the id from a database's column.
func (id *ID) Scan(column interface{}) error {
	bytes, ok := column.([]byte)
	if !ok || len(bytes) != len(id) {
		return errors.New("not an id")
	}
	copy(id[:], bytes)
	return nil
}

func (id ID) String() string {
	var text [36]byte
	hex.Encode(text[:8], id[:4])
	hex.Encode(text[9:13], id[4:6])
	hex.Encode(text[14:18], id[6:8])
	hex.Encode(text[19:23], id[8:10])
	hex.Encode(text[24:], id[10:])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}

// Times are milliseconds since the epoch in the database and RFC 3339 in the API.
func formatTime(millis int64) string {
	return time.UnixMilli(millis).UTC().Format("2006-01-02T15:04:05.000Z")
}

// Memo as the API shows it; lists have Excerpt in place of Content.
type Memo struct {
	ID        string  `json:"id"`
	Title     string  `json:"title"`
	Content   *string `json:"content,omitempty"`
	Excerpt   *string `json:"excerpt,omitempty"`
	Pinned    bool    `json:"pinned"`
	State     string  `json:"state"`
	Version   uint32  `json:"version"`
	CreatedAt string  `json:"created_at"`
	UpdatedAt string  `json:"updated_at"`
	DeletedAt *string `json:"deleted_at"`
}

// Page is one page of a list.
type Page struct {
	Items      []Memo  `json:"items"`
	NextCursor *string `json:"next_cursor"`
}
