-- Drawing: taking ids off queues and claiming them for a worker. A drawing has: worker, room (how many more), budget (µs of
-- work left), skips (set of function names, or nil), scans (bound on ids looked at), claims (ids of what was
-- claimed), texts (their records), taken (the ids as a set), usual (what the last one claimed takes, in µs), reach (what it takes from outside the own queue: nothing, only
-- `children`, which some member waits for, what `others` than this worker wait for, or also `roots`).
local unmeasuredMicros = 1e15
local costs = {}
local function costOf(name)
  local cost = costs[name]
  if cost == nil then
    cost = tonumber(redis.call('HGET', costsKey, name) or '') or unmeasuredMicros
    costs[name] = cost
  end
  return cost
end

local memberships = {}
local function isMember(process)
  if memberships[process] == nil then memberships[process] = redis.call('HEXISTS', membersKey, process) == 1 end
  return memberships[process]
end

local function isAwaitedByMember(header)
  for _, waiter in ipairs(header.waiters) do
    if isMember(waiter) then return true end
  end
  return false
end

local function isAmong(process, waiters)
  for _, waiter in ipairs(waiters) do
    if waiter == process then return true end
  end
  return false
end

-- Whether there may be requests that lie first and cannot be drawn.
local function mayPassOver(drawing)
  return drawing.skips or drawing.reach == 'children' or drawing.reach == 'others'
end

local function take(drawing, id, text, claim, isOutside)
  if not text or claim or drawing.taken[id] then return 'stale' end
  local header = headerOf(text)
  if not header.isWanted then
    drawing.taken[id] = true
    close(id, header.losses)
    count('dropped', 1)
    return 'stale'
  end
  local name = functionNameAt(text, header.length + 1)
  if drawing.skips and drawing.skips[name] then return 'skipped' end
  if isOutside and drawing.reach == 'children' and not isAwaitedByMember(header) then return 'skipped' end
  if drawing.reach == 'others' and isAmong(drawing.worker, header.waiters) then return 'skipped' end
  local claims = drawing.claims
  -- a request that was lost before is claimed alone, so that the next loss names the culprit
  if header.losses > 0 and #claims > 0 then
    drawing.budget = 0
    return 'left'
  end
  drawing.taken[id] = true
  claims[#claims + 1] = id
  drawing.texts[#claims] = text
  drawing.room = drawing.room - 1
  drawing.usual = costOf(name)
  drawing.budget = drawing.budget - drawing.usual
  if header.losses > 0 then drawing.budget = 0 end
  return 'claimed'
end

local function newDrawing(worker, room, budget, skips)
  return {
    worker = worker, room = room, budget = budget, skips = skips, reach = 'roots', scans = 1000, claims = {}, texts = {},
    taken = {},
  }
end

-- How many ids to take off a queue at a time: as many as the budget is for, by what the last one takes; while nobody knows, one and
-- then twice as many each time, since whatever is too much has to be put back.
local function nextBatch(drawing, before, claimed)
  local most = math.min(drawing.room, drawing.scans)
  if drawing.budget == math.huge then return most end
  local wanted = claimed > 0 and math.ceil(drawing.budget / drawing.usual) or 2 * before
  return math.max(1, math.min(most, wanted))
end

-- Draws from one end of a queue. What cannot be claimed here goes back where it was; from the own queue to the pool's; and to
-- the pool's tail once the bound is met, so that what lies behind gets its turn.
local function drawFrom(drawing, key, pop, push)
  local skipped = {}
  local batch, claimedBefore = 0, #drawing.claims
  while drawing.room > 0 and drawing.budget > 0 and drawing.scans > 0 do
    batch = nextBatch(drawing, batch, #drawing.claims - claimedBefore)
    claimedBefore = #drawing.claims
    local ids = redis.call(pop, key, batch)
    if not ids or #ids == 0 then break end
    drawing.scans = drawing.scans - #ids
    local texts, claims = readMany(requestOf, ids), fieldsOf(claimsKey, ids)
    local left = {}
    for i, id in ipairs(ids) do
      if drawing.room <= 0 or drawing.budget <= 0 then
        left[#left + 1] = id
      else
        local taken = take(drawing, id, texts[i], claims[i], pop == 'LPOP')
        if taken == 'skipped' then skipped[#skipped + 1] = id end
        if taken == 'left' then left[#left + 1] = id end
      end
    end
    pushAll(push, key, reversed(left))
  end
  if #skipped == 0 then return end
  if pop == 'RPOP' then
    pushToHead(queueKey, skipped)
  elseif key == queueKey and drawing.scans <= 0 then
    pushAll('RPUSH', queueKey, skipped)
  else
    pushAll(push, key, reversed(skipped))
  end
end

-- The longest own queue among `sample` members; ties go to the smaller name, so that the model agrees.
local function longestOwnQueue(except, sample)
  local longest, longestLength = nil, 0
  for _, member in ipairs(redis.call('HRANDFIELD', membersKey, sample) or {}) do
    if member ~= except then
      local length = redis.call('LLEN', queueOf .. member)
      if length > longestLength or (length == longestLength and length > 0 and member < longest) then
        longest, longestLength = member, length
      end
    end
  end
  return longest
end

local function drawFromOther(drawing, other)
  drawFrom(drawing, queueOf .. other, 'LPOP', 'LPUSH')
  count('hoisted', #drawing.claims)
end

-- Own queue from its end (and no other, if `sample` is 0), pool's queue from its head, then the head of somebody's own queue: that of
-- `first`, where it is known to be filled, else a long one among `sample` members.
local function drawAnywhere(drawing, sample, first)
  drawFrom(drawing, queueOf .. drawing.worker, 'RPOP', 'RPUSH')
  if #drawing.claims > 0 or drawing.reach == 'own-queue' or sample == 0 then return end
  drawFrom(drawing, queueKey, 'LPOP', 'LPUSH')
  if first and first ~= drawing.worker and #drawing.claims == 0 then drawFromOther(drawing, first) end
  while #drawing.claims == 0 and drawing.scans > 0 do
    local other = longestOwnQueue(drawing.worker, sample)
    if other == nil then return end
    local before = drawing.scans
    drawFromOther(drawing, other)
    if drawing.scans == before or mayPassOver(drawing) then return end
  end
end

local function own(worker, ids)
  local claims = {}
  local claim = worker .. ' ' .. string.format('%d', readClock())
  for i, id in ipairs(ids) do
    claims[2 * i - 1] = id
    claims[2 * i] = claim
  end
  pushAll('SADD', runningOf .. worker, ids)
  pushAll('HSET', claimsKey, claims)
  count('claimed', #ids)
end
