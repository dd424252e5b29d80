-- Notes that a process has been cut off from here for a while.
-- needs: counters
-- ARGV: ms
-- reply: nothing
-- bound: one
count('disconnections', 1)
count('disconnectedMs', tonumber(ARGV[1]))
storeCounters()
