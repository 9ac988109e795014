package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"
)

type access struct {
	Time   string `json:"time"`
	IP     string `json:"ip"`
	Path   string `json:"path"`
	Status int    `json:"status"`
}

// convert turns lines of NDJSON into CSV; no field of this log needs quotes.
func convert(lines []byte) []byte {
	var out bytes.Buffer
	for len(lines) > 0 {
		end := bytes.IndexByte(lines, '\n')
		var a access
		if err := json.Unmarshal(lines[:end], &a); err != nil {
			fail(err)
		}
		if a.Status >= 400 {
			fmt.Fprintf(&out, "%s,%s,%s\n", a.Time, a.IP, a.Path)
		}
		lines = lines[end+1:]
	}
	return out.Bytes()
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// text is W5 with a channel of result channels and encoding/json, 256 KiB of lines at a time.
func text(arguments []string) {
	flags := flag.NewFlagSet("peer W5", flag.ExitOnError)
	input := flags.String("input", "", "")
	output := flags.String("output", "", "")
	threads := flags.Int("threads", 2, "")
	_ = flags.Parse(arguments)
	runtime.GOMAXPROCS(*threads)
	start := time.Now()
	in, err := os.Open(*input)
	if err != nil {
		fail(err)
	}
	out, err := os.Create(*output)
	if err != nil {
		fail(err)
	}
	order := make(chan chan []byte, 4**threads)
	go readBlocks(in, order)
	writer := bufio.NewWriter(out)
	fmt.Fprintln(writer, "time,ip,path")
	for result := range order {
		if _, err := writer.Write(<-result); err != nil {
			fail(err)
		}
	}
	if err := writer.Flush(); err != nil {
		fail(err)
	}
	fmt.Printf("%.6f 0 %016x %s\n", time.Since(start).Seconds(), 0, peakRSS())
}

// readBlocks cuts the input into blocks of whole lines; each has a goroutine, as many as order
// holds.
func readBlocks(in io.Reader, order chan chan []byte) {
	var rest []byte
	for {
		block := make([]byte, len(rest)+256*1024)
		copy(block, rest)
		n, err := io.ReadFull(in, block[len(rest):])
		block = block[:len(rest)+n]
		whole := bytes.LastIndexByte(block, '\n') + 1
		rest = block[whole:]
		if whole > 0 {
			result := make(chan []byte, 1)
			order <- result
			go func() { result <- convert(block[:whole]) }()
		}
		if err != nil {
			break
		}
	}
	close(order)
}
