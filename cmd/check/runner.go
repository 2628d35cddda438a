package main

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// atOnce is how many stages run side by side; each of them already uses more than one core for a while.
const atOnce = 2

// runStages runs the stages in order and adds up what they found. Neighbours that need not be alone run side by side.
func runStages(ctx context.Context, chosen []stage, w *world) counts {
	var sum counts
	for _, batch := range batches(chosen) {
		for _, c := range runBatch(ctx, batch, w) {
			sum = sum.plus(c)
		}
	}
	return sum
}

// batches cuts the stages into groups of neighbours that may run side by side.
func batches(chosen []stage) [][]stage {
	var groups [][]stage
	for i, s := range chosen {
		if i == 0 || s.alone || chosen[i-1].alone {
			groups = append(groups, nil)
		}
		last := len(groups) - 1
		groups[last] = append(groups[last], s)
	}
	return groups
}

func runBatch(ctx context.Context, batch []stage, w *world) []counts {
	found := make([]counts, len(batch))
	free := make(chan struct{}, atOnce)
	var wg sync.WaitGroup
	for i, s := range batch {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			found[i] = runStage(ctx, s, w)
		})
	}
	wg.Wait()
	return found
}

// runStage runs one stage. What was broken off by Ctrl-C or the time limit has failed, whatever it says itself.
func runStage(ctx context.Context, s stage, w *world) counts {
	start := time.Now()
	if ctx.Err() != nil {
		o := failed(fmt.Sprintf("not run: %v", context.Cause(ctx)))
		w.out.stage(s.name, o, 0)
		return o.count
	}
	o := s.run(ctx, w)
	if ctx.Err() != nil {
		o.summary = fmt.Sprintf("broken off: %v; %s", context.Cause(ctx), o.summary)
		o.count.failed = max(o.count.failed, 1)
	}
	w.out.stage(s.name, o, time.Since(start))
	return o.count
}
