// A plain peer for the benchmark: the memo API's three hottest requests as one good engineer would
// write them in Go, one query per request, statements prepared once, a pool of 64 connections.
// Same tables, same JSON, a signed session on every request, and an idempotency record in the same
// transaction as a create. It leaves out what memo does besides (Unicode normalisation, revocation,
// access log), always to its own advantage.
package main

import (
	"context"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	store, err := OpenStore(ctx)
	if err != nil {
		return err
	}
	defer store.Close()

	listener, err := net.Listen("tcp", os.Getenv("LISTEN"))
	if err != nil {
		return err
	}
	api := &API{store: store, sessions: Sessions{secret: []byte(os.Getenv("SESSION_SECRET"))}}
	server := &http.Server{Handler: api, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		deadline, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		server.Shutdown(deadline)
	}()
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	return nil
}
