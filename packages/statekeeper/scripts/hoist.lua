-- Copies what is queued, for the parent pool, what would be drawn last first: from the ends of callers' queues, from the end of the
-- pool's queue, then from the head of the longest own queue.
-- needs: time counters inbox record callers draw
-- ARGV: process, limit (0: only the numbers), then the ids that are not to be copied
-- reply: how many requests wait in the pool's queue and callers', how many requests the volunteers beside the process ask for, the time in ms, then for each
--        copy in the order of its queue: id, record (see lib/record.lua)
-- bound: limit and the ids not to be copied, on shared queues and on an own one; 64 callers a priority; 1000 volunteers
local process, limit = ARGV[1], tonumber(ARGV[2])
local reply = { waitingNow(), redis.call('HLEN', volunteersKey), string.format('%d', readClock()) }
if reply[2] <= 1000 then
  local volunteers = redis.call('HGETALL', volunteersKey)
  reply[2] = 0
  for i = 1, #volunteers, 2 do
    local want = tonumber(string.match(volunteers[i + 1], '^%d+ (%d+)'))
    if volunteers[i] ~= process then reply[2] = reply[2] + want end
  end
end
if limit == 0 then return reply end

local left = {}
for i = 3, #ARGV do left[ARGV[i]] = true end
local looked = limit + #ARGV - 2

-- Copies at most `room` of the ids; an id may lie on several queues.
local function copies(ids, room)
  local found, wanted = {}, {}
  for _, id in ipairs(ids) do
    if not left[id] then wanted[#wanted + 1] = id end
  end
  if #wanted == 0 then return found end
  local texts, claims = fieldsOf(requestsKey, wanted), fieldsOf(claimsKey, wanted)
  for i, id in ipairs(wanted) do
    if #found >= room then break end
    if texts[i] and not claims[i] and not left[id] and headerOf(texts[i]).isWanted then
      left[id] = true
      found[#found + 1] = { id = id, text = texts[i] }
    end
  end
  return found
end

local function answer(copy)
  reply[#reply + 1] = copy.id
  reply[#reply + 1] = copy.text
end

local fromShared, lookedAt = {}, 0
for _, key in ipairs(sharedQueues()) do
  if #fromShared >= limit or lookedAt >= looked then break end
  local ids = reversed(redis.call('LRANGE', key, lookedAt - looked, -1))
  lookedAt = lookedAt + #ids
  for _, copy in ipairs(copies(ids, limit - #fromShared)) do fromShared[#fromShared + 1] = copy end
end
for _, copy in ipairs(reversed(fromShared)) do answer(copy) end
local owner = longestOwnQueue(process, 64)
if owner and #fromShared < limit then
  for _, copy in ipairs(copies(redis.call('LRANGE', queueOf .. owner, 0, looked - 1), limit - #fromShared)) do answer(copy) end
end
return reply
