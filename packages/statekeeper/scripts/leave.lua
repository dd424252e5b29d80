-- A member leaves in peace, or, with a report, is known to have died: what it held goes back to the pool.
-- needs: time counters inbox record functions callers draw match retire
-- ARGV: process, report as JSON (empty: in peace, no loss is counted), maxAttempts
-- reply: nothing
-- bound: what the member held or had queued
local process, report, maxAttempts = ARGV[1], ARGV[2], tonumber(ARGV[3])
if report == '' then report = nil end
local back, isDone = 0, false
while not isDone do
  local more
  more, isDone = retire(process, report, maxAttempts, 1000, false)
  back = back + more
end
match(back, 8)
deliver()
storeCounters()
