-- Gives a worker requests to evaluate, or notes it as a volunteer if there are none.
-- needs: time counters inbox lookers record places queues callers draw draw-ends match
-- ARGV: worker, max (0: only stand down), budgetMicros, spareMicros (so much more while much is queued), epoch, reach
--       (own-queue|children|roots|next|ahead|last|half|shown), volunteerFor (0: do not), score and recent (of the volunteer, see
--       lib/match.lua), skips (names with a blank between)
-- reply: kind (claims|stale|unknown-worker|again), volunteers, whether there may be more (1|0), and if there are claims: the
--        time in ms, then for each: id, record (see lib/record.lua)
-- bound: limits.ts, on the own queue, the pool's, those of each priority's callers, and those of other members
local worker, max, epoch, volunteerFor = ARGV[1], tonumber(ARGV[2]), ARGV[5], tonumber(ARGV[7])
local score, recent, skips = ARGV[8], ARGV[9], ARGV[10]
local volunteers = redis.call('HLEN', volunteersKey)
local former = volunteers > 0 and redis.call('HGET', volunteersKey, worker)
if former then
  standDown(worker)
  volunteers = volunteers - 1
end
if max == 0 then return { 'claims', volunteers, 0 } end
if redis.call('HEXISTS', membersKey, worker) == 0 then return { 'unknown-worker', 0, 0 } end
-- a member has a lease for as long as it is one
leases[worker] = true
if epoch ~= (redis.call('GET', epochKey) or '0') then return { 'stale', 0, 0 } end

local drawing = newDrawing(worker, max, tonumber(ARGV[3]), ARGV[6], skips)
drawing.spare = tonumber(ARGV[4])
draw(drawing, 8)

local kind = 'claims'
if #drawing.claims == 0 and drawing.isCutShort then
  kind = 'again'
elseif #drawing.claims == 0 and volunteerFor > 0 then
  local turn = redis.call('HINCRBY', statsKey, 'volunteered', 1)
  local reach = rankOf[drawing.reach] and drawing.reach or 'roots'
  local volunteer = { turn, volunteerFor, epoch, reach, score, recent, skips }
  redis.call('HSET', volunteersKey, worker, table.concat(volunteer, ' '))
  volunteers = volunteers + 1
  if volunteerFor > wantedBefore(former, reach) then callLookers(worker) end
end
deliver()
storeCounters()

local isMore = drawing.room <= 0 or drawing.budget <= 0
local reply = { kind, volunteers, isMore and 1 or 0 }
if #drawing.claims > 0 then
  reply[4] = string.format('%d', readClock())
  for i, id in ipairs(drawing.claims) do
    reply[3 + 2 * i] = id
    reply[4 + 2 * i] = drawing.texts[i]
  end
end
return reply
