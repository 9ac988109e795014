// W1 to W3, W4 in waits.go and W5 in text.go, as Go programs do it, with the command line of the C++ peers and --pattern:
// "map": workers on a channel, results put back in order through a map (unbounded);
// "channels": a channel of result channels, which keeps order by itself (bounded by the window).
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"
)

func burn(value, iterations uint64) uint64 {
	for i := uint64(0); i < iterations; i++ {
		value = value*6364136223846793005 + 1442695040888963407
	}
	return value
}

func isHeavy(item uint64) bool {
	item = (item ^ (item >> 30)) * 0xbf58476d1ce4e5b9
	item = (item ^ (item >> 27)) * 0x94d049bb133111eb
	return (item^(item>>31))%100 == 0
}

type job struct {
	items, iterations, batch uint64
	window, threads          int
	skew                     bool
}

type batch struct {
	number uint64
	items  []uint64
}

func (j job) work(items []uint64) {
	for i, item := range items {
		iterations := j.iterations
		if j.skew && isHeavy(item) {
			iterations *= 100
		}
		items[i] = burn(item, iterations)
	}
}

func (j job) source(put func(batch)) {
	for item, number := uint64(0), uint64(0); item < j.items; number++ {
		b := batch{number, make([]uint64, 0, j.batch)}
		for ; item < j.items && uint64(len(b.items)) < j.batch; item++ {
			b.items = append(b.items, item)
		}
		put(b)
	}
}

type summer struct{ sum uint64 }

func (s *summer) take(items []uint64) {
	for _, result := range items {
		s.sum = (s.sum ^ result) * 0x9e3779b97f4a7c15
	}
}

func mapReorder(j job) uint64 {
	todo := make(chan batch, j.window)
	done := make(chan batch, j.window)
	go func() {
		j.source(func(b batch) { todo <- b })
		close(todo)
	}()
	var workers sync.WaitGroup
	for i := 0; i < j.threads; i++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for b := range todo {
				j.work(b.items)
				done <- b
			}
		}()
	}
	go func() {
		workers.Wait()
		close(done)
	}()
	var s summer
	early := map[uint64][]uint64{}
	next := uint64(0)
	for b := range done {
		early[b.number] = b.items
		for items, ok := early[next]; ok; items, ok = early[next] {
			s.take(items)
			delete(early, next)
			next++
		}
	}
	return s.sum
}

func channelOfChannels(j job) uint64 {
	type request struct {
		items  []uint64
		result chan []uint64
	}
	todo := make(chan request, j.window)
	order := make(chan chan []uint64, j.window)
	for i := 0; i < j.threads; i++ {
		go func() {
			for r := range todo {
				j.work(r.items)
				r.result <- r.items
			}
		}()
	}
	go func() {
		j.source(func(b batch) {
			result := make(chan []uint64, 1)
			order <- result
			todo <- request{b.items, result}
		})
		close(todo)
		close(order)
	}()
	var s summer
	for result := range order {
		s.take(<-result)
	}
	return s.sum
}

func peakRSS() string {
	status, _ := os.ReadFile("/proc/self/status")
	for _, line := range strings.Split(string(status), "\n") {
		if strings.HasPrefix(line, "VmHWM:") {
			return strings.Fields(line)[1]
		}
	}
	return "0"
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: peer W1|W2|W3 --pattern map|channels --items N ...")
		os.Exit(2)
	}
	if os.Args[1] == "W5" {
		text(os.Args[2:])
		return
	}
	if os.Args[1] == "W4" {
		waits(os.Args[2:])
		return
	}
	flags := flag.NewFlagSet("peer", flag.ExitOnError)
	pattern := flags.String("pattern", "map", "map or channels")
	j := job{skew: os.Args[1] == "W3"}
	flags.Uint64Var(&j.items, "items", 2000000, "")
	flags.Uint64Var(&j.iterations, "spin", 8, "")
	flags.Uint64Var(&j.batch, "batch", 1, "items")
	flags.IntVar(&j.window, "window", 64, "batches")
	flags.IntVar(&j.threads, "threads", 2, "")
	_ = flags.Parse(os.Args[2:])
	runtime.GOMAXPROCS(j.threads)
	run := mapReorder
	if *pattern == "channels" {
		run = channelOfChannels
	}
	start := time.Now()
	sum := run(j)
	fmt.Printf("%.6f %d %016x %s\n", time.Since(start).Seconds(), j.items, sum, peakRSS())
}
