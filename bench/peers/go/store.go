package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/go-sql-driver/mysql"
)

const (
	poolSize       = 64
	duplicateEntry = 1062

	memoColumns = "id, title, content, pinned, state, version, created_at, updated_at, deleted_at"
	getSQL      = "SELECT " + memoColumns + " FROM memo WHERE account_id = ? AND id = ?"
	listSQL     = "SELECT id, title, LEFT(content, 200), pinned, state, version, created_at," +
		" updated_at, deleted_at FROM memo WHERE account_id = ? AND id < ? AND state = 0" +
		" ORDER BY id DESC LIMIT ?"
	insertMemoSQL = "INSERT INTO memo (account_id, " + memoColumns + ")" +
		" VALUES (?, ?, ?, ?, ?, 0, 1, ?, ?, 0)"
	insertKeySQL = "INSERT INTO idempotency" +
		" (account_id, key_hash, request_hash, created_at, receipt) VALUES (?, ?, ?, ?, ?)"
	findKeySQL = "SELECT request_hash, receipt FROM idempotency" +
		" WHERE account_id = ? AND key_hash = ?"
)

// ErrKeyReused: the idempotency key was used for another request.
var ErrKeyReused = errors.New("idempotency key reused")

// Store keeps memos in MariaDB. Its statements are prepared once per connection.
type Store struct {
	db                                        *sql.DB
	get, list, insertMemo, insertKey, findKey *sql.Stmt
}

// OpenStore connects to the database that the environment names.
func OpenStore(ctx context.Context) (*Store, error) {
	ca, err := os.ReadFile(os.Getenv("DB_CA"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca) {
		return nil, errors.New("DB_CA holds no certificate")
	}
	host := os.Getenv("DB_HOST")
	verified := &tls.Config{RootCAs: roots, ServerName: host}
	if err := mysql.RegisterTLSConfig("db", verified); err != nil {
		return nil, err
	}
	config := mysql.NewConfig()
	config.User, config.Passwd = os.Getenv("DB_USER"), os.Getenv("DB_PASSWORD")
	config.Net, config.Addr = "tcp", host+":"+os.Getenv("DB_PORT")
	config.DBName = os.Getenv("DB_NAME")
	config.TLSConfig = "db"
	db, err := sql.Open("mysql", config.FormatDSN())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(poolSize)
	db.SetMaxIdleConns(poolSize)

	s := &Store{db: db}
	for statement, text := range map[**sql.Stmt]string{
		&s.get: getSQL, &s.list: listSQL, &s.insertMemo: insertMemoSQL,
		&s.insertKey: insertKeySQL, &s.findKey: findKeySQL,
	} {
		if *statement, err = db.PrepareContext(ctx, text); err != nil {
			return nil, fmt.Errorf("%s: %w", text, err)
		}
	}
	return s, nil
}

// Close ends the connections.
func (s *Store) Close() { s.db.Close() }

// Get returns one memo of the account, or sql.ErrNoRows.
func (s *Store) Get(ctx context.Context, account int64, id ID) (Memo, error) {
	var memo Memo
	var content string
	err := scanMemo(s.get.QueryRowContext(ctx, account, id[:]), &memo, &content)
	memo.Content = &content
	return memo, err
}

// List returns up to limit active memos older than before, newest first.
func (s *Store) List(ctx context.Context, account int64, before ID, limit int) ([]Memo, error) {
	rows, err := s.list.QueryContext(ctx, account, before[:], limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	memos := make([]Memo, 0, limit)
	for rows.Next() {
		var memo Memo
		excerpt := new(string)
		if err := scanMemo(rows, &memo, excerpt); err != nil {
			return nil, err
		}
		memo.Excerpt = excerpt
		memos = append(memos, memo)
	}
	return memos, rows.Err()
}

type scanner interface{ Scan(...interface{}) error }

func scanMemo(row scanner, memo *Memo, text *string) error {
	var id ID
	var state int
	var created, updated, deleted int64
	err := row.Scan(&id, &memo.Title, text, &memo.Pinned, &state, &memo.Version,
		&created, &updated, &deleted)
	if err != nil {
		return err
	}
	memo.ID = id.String()
	memo.State = "active"
	memo.CreatedAt, memo.UpdatedAt = formatTime(created), formatTime(updated)
	if state != 0 {
		memo.State = "trashed"
	}
	if deleted != 0 {
		at := formatTime(deleted)
		memo.DeletedAt = &at
	}
	return nil
}

// Create is a memo to be made, with what makes it happen at most once.
type Create struct {
	Account      int64
	ID           ID
	Title        string
	Content      string
	Pinned       bool
	At           time.Time
	Key, Request [16]byte
	Answer       []byte // remembered, and given again to a repeat
}

// Create stores the memo and its idempotency record in one transaction. For a repeat it changes
// nothing and returns the first answer.
func (s *Store) Create(ctx context.Context, c *Create) (earlier []byte, err error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	at := c.At.UnixMilli()
	_, err = tx.StmtContext(ctx, s.insertKey).ExecContext(ctx, c.Account, c.Key[:], c.Request[:],
		at, c.Answer)
	var refused *mysql.MySQLError
	if errors.As(err, &refused) && refused.Number == duplicateEntry {
		return s.earlierAnswer(ctx, tx, c)
	}
	if err != nil {
		return nil, err
	}
	_, err = tx.StmtContext(ctx, s.insertMemo).ExecContext(ctx, c.Account, c.ID[:], c.Title,
		c.Content, c.Pinned, at, at)
	if err != nil {
		return nil, err
	}
	return nil, tx.Commit()
}

func (s *Store) earlierAnswer(ctx context.Context, tx *sql.Tx, c *Create) ([]byte, error) {
	var request, answer []byte
	row := tx.StmtContext(ctx, s.findKey).QueryRowContext(ctx, c.Account, c.Key[:])
	if err := row.Scan(&request, &answer); err != nil {
		return nil, err
	}
	if string(request) != string(c.Request[:]) {
		return nil, ErrKeyReused
	}
	return answer, nil
}
