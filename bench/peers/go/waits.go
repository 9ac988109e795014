package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"
)

type wait struct {
	line []byte
	time time.Duration
}

// waits is W4: each line is written again once its time has passed, in order; at most `width` wait
// at the same time. With --pattern
// "map": a goroutine a line, a semaphore, results put back in order through a map (unbounded);
// "channels": a channel of result channels, whose capacity is the window.
func waits(arguments []string) {
	flags := flag.NewFlagSet("peer W4", flag.ExitOnError)
	input := flags.String("input", "", "")
	output := flags.String("output", "/dev/null", "")
	pattern := flags.String("pattern", "map", "map or channels")
	width := flags.Int("width", 1000, "")
	window := flags.Int("window", 0, "")
	threads := flags.Int("threads", 2, "")
	_ = flags.Parse(arguments)
	if *window == 0 {
		*window = *width
	}
	runtime.GOMAXPROCS(*threads)
	start := time.Now()
	text, err := os.ReadFile(*input)
	if err != nil {
		fail(err)
	}
	items := parseWaits(text)
	out, err := os.Create(*output)
	if err != nil {
		fail(err)
	}
	writer := bufio.NewWriter(out)
	if *pattern == "channels" {
		waitChannels(items, *width, *window, writer)
	} else {
		waitMap(items, *width, writer)
	}
	if err := writer.Flush(); err != nil {
		fail(err)
	}
	fmt.Printf("%.6f %d %016x %s\n", time.Since(start).Seconds(), len(items), 0, peakRSS())
}

func parseWaits(text []byte) []wait {
	var items []wait
	for len(text) > 0 {
		end := bytes.IndexByte(text, '\n')
		line := text[:end+1]
		ms, err := strconv.ParseFloat(string(line[bytes.IndexByte(line, ',')+1:end]), 64)
		if err != nil {
			fail(err)
		}
		items = append(items, wait{line, time.Duration(ms * 1e6)})
		text = text[end+1:]
	}
	return items
}

func waitMap(items []wait, width int, out *bufio.Writer) {
	permits := make(chan struct{}, width)
	done := make(chan int, width)
	go func() {
		for i := range items {
			i := i
			permits <- struct{}{}
			go func() {
				time.Sleep(items[i].time)
				<-permits
				done <- i
			}()
		}
	}()
	early := map[int]bool{}
	for next := 0; next < len(items); {
		early[<-done] = true
		for ; early[next]; next++ {
			delete(early, next)
			_, _ = out.Write(items[next].line)
		}
	}
}

func waitChannels(items []wait, width, window int, out *bufio.Writer) {
	permits := make(chan struct{}, width)
	// The writer holds one that is no longer in the channel, and the reader one that is not yet.
	order := make(chan chan []byte, max(window-2, 0))
	go func() {
		for i := range items {
			item := items[i]
			result := make(chan []byte, 1)
			order <- result
			permits <- struct{}{}
			go func() {
				time.Sleep(item.time)
				<-permits
				result <- item.line
			}()
		}
		close(order)
	}()
	for result := range order {
		_, _ = out.Write(<-result)
	}
}

func max(a, b int) int {
	if a > b {
		return a
	}
	return b
}
