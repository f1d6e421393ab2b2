package main

import (
	"context"
	"io"
)

func run(context.Context, []string, func(string) string, io.Reader, io.Writer, io.Writer) error { return nil }
