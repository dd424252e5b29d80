-- Drawing: taking ids off queues and claiming them for a worker. A drawing has: worker, room (how many more), budget (µs of
-- work left), spare (by how much that may still grow, see widen), skips (set of function names, or nil), scans (bound on ids
-- looked at), claims (ids of what was claimed), texts (their records), taken (the ids as a set), usual (what the last one claimed
-- takes, in µs), workMs (what was drawn from the queue at hand), reach (what it takes from outside the own queue: nothing, only
-- `children`, which some member waits for, or also `roots`; for a bridge what comes `next`, for members that idle or `ahead` of that,
-- or what would be drawn `last`, `half` of that, or of roots what is to be `shown`).
local unmeasuredMicros = 1e15
local costs = {}
local function costOf(name)
  local cost = costs[name]
  if cost == nil then
    cost = tonumber(string.match(redis.call('HGET', costsKey, name) or '', ' (%d+)$'))
    if not cost or cost > unmeasuredMicros then cost = unmeasuredMicros end
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

-- What one request counts for in the turns of callers; at least 1, and 1 if nobody has measured it.
local function workMsOf(cost) return cost == unmeasuredMicros and 1 or math.max(1, cost / 1000) end

local function isFull(drawing) return drawing.room <= 0 or drawing.budget <= 0 or drawing.scans <= 0 end

-- Whether what would be drawn last is drawn.
local function isFromEnd(reach) return reach == 'last' or reach == 'half' or reach == 'shown' end

-- Whether a bridge draws: what it claims is evaluated elsewhere.
local function isCarried(reach) return reach == 'next' or reach == 'ahead' or isFromEnd(reach) end

local function isClosedToOwn(reach) return reach == 'ahead' or reach == 'half' or reach == 'shown' end

-- Whether there may be requests that lie first and cannot be drawn.
local function mayPassOver(drawing)
  return drawing.skips or drawing.reach == 'children' or isCarried(drawing.reach)
end

local function take(drawing, id, text, claim, isOutside)
  if not text or claim or drawing.taken[id] then return 'stale' end
  local header = headerOf(text)
  if not header.isWanted then
    drawing.taken[id] = true
    close(id, header)
    count(header.isUnreadable and 'unreadable' or 'dropped', 1)
    return 'stale'
  end
  local name = functionNameAt(text, header.length + 1)
  if drawing.skips and drawing.skips[name] then return 'skipped' end
  if isOutside and drawing.reach == 'children' and not isAwaitedByMember(header) then return 'skipped' end
  if isClosedToOwn(drawing.reach) and isAmong(drawing.worker, header.waiters) then return 'skipped' end
  local claims = drawing.claims
  -- a request that was lost before is claimed alone, so that the next loss names the culprit
  if header.losses > 0 and #claims > 0 then
    drawing.budget, drawing.spare = 0, 0
    return 'left'
  end
  drawing.taken[id] = true
  claims[#claims + 1] = id
  drawing.texts[#claims] = text
  drawing.room = drawing.room - 1
  drawing.usual = costOf(name)
  drawing.budget = drawing.budget - drawing.usual
  drawing.workMs = drawing.workMs + workMsOf(drawing.usual)
  if header.losses > 0 then drawing.budget, drawing.spare = 0, 0 end
  return 'claimed'
end

local function newDrawing(worker, room, budget, skips)
  return {
    worker = worker, room = room, budget = budget, spare = 0, skips = skips, reach = 'roots', scans = 1000, workMs = 0,
    claims = {}, texts = {}, taken = {},
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

-- Guided self-scheduling (Polychronopoulos and Kuck, 1987): while much is queued, a claim may be for more than its budget: for one
-- part of this queue in twice as many as there are members. That leaves enough for all of them, and near the end it is little.
local function widen(drawing, key)
  local spare = drawing.spare
  drawing.spare = 0
  if drawing.room * drawing.usual <= drawing.budget then return end
  local share = redis.call('LLEN', key) * drawing.usual / (2 * redis.call('HLEN', membersKey))
  drawing.budget = drawing.budget + math.min(spare, math.max(0, share - math.max(0, drawing.budget)))
end

-- Draws from one end of a queue; `kind`: `shared`, which is the pool's or a caller's, the worker's `own`, or one of `other` workers. What
-- cannot be claimed here goes back where it was; from the own queue to the pool's; and from the head of a shared one to its tail once the
-- bound is met, so that what lies behind gets its turn. Returns whether the queue is known to be empty.
local function drawFrom(drawing, key, pop, kind)
  local push, isShared = pop == 'LPOP' and 'LPUSH' or 'RPUSH', kind == 'shared'
  local skipped, isEmpty = {}, false
  local batch, claimedBefore = 0, #drawing.claims
  while not isFull(drawing) and not isEmpty do
    batch = nextBatch(drawing, batch, #drawing.claims - claimedBefore)
    claimedBefore = #drawing.claims
    local ids = redis.call(pop, key, batch) or {}
    drawing.scans = drawing.scans - #ids
    local texts, claims = fieldsOf(requestsKey, ids), fieldsOf(claimsKey, ids)
    local left = {}
    for i, id in ipairs(ids) do
      if drawing.room <= 0 or drawing.budget <= 0 then
        left[#left + 1] = id
      else
        local taken = take(drawing, id, texts[i], claims[i], kind ~= 'own')
        if taken == 'skipped' then skipped[#skipped + 1] = id end
        if taken == 'left' then left[#left + 1] = id end
      end
    end
    pushAll(push, key, reversed(left))
    if isShared then countWaiting(#left - #ids) end
    if drawing.spare > 0 and #drawing.claims > claimedBefore then widen(drawing, key) end
    isEmpty = #ids < batch and #left == 0
  end
  if #skipped == 0 then return isEmpty end
  if kind == 'own' then
    pushToPoolHead(skipped)
    return isEmpty
  end
  if isShared then countWaiting(#skipped) end
  if isShared and pop == 'LPOP' and drawing.scans <= 0 then
    pushAll('RPUSH', key, skipped)
  else
    pushAll(push, key, reversed(skipped))
  end
  return false
end

-- Requests, as id and text, that have just come while nothing waited and that nobody has claimed: whoever is idle gets them before
-- they are put on any queue, but for the bridge whose guests they are.
local atHand, guestsOf = {}, nil
local function drawAtHand(drawing)
  if isCarried(drawing.reach) and guestsOf == drawing.worker then return end
  local kept = {}
  for _, request in ipairs(atHand) do
    local taken = 'left'
    if not isFull(drawing) then
      drawing.scans = drawing.scans - 1
      taken = take(drawing, request.id, request.text, nil, true)
    end
    if taken == 'left' or taken == 'skipped' then kept[#kept + 1] = request end
  end
  atHand = kept
end

-- Draws from a caller's queue. A bridge is sent word of what others claim of its guests.
local function drawWaiting(drawing, key, pop, process, isGuest)
  local before = #drawing.claims
  local isEmpty = drawFrom(drawing, key, pop, 'shared')
  if isGuest and process ~= drawing.worker then
    for i = before + 1, #drawing.claims do send(process, 'started ' .. drawing.claims[i]) end
  end
  return isEmpty
end

-- A caller that is alone has nobody to be fair to, and keeps its turn.
local function drawFromCaller(drawing, priority, caller)
  local process, turn = caller.process, caller.turn
  if drawing.reach == 'children' and not isMember(process) then return end
  if isCarried(drawing.reach) and process == drawing.worker then return end
  drawing.workMs = 0
  local isEmpty = drawWaiting(drawing, callerQueueOf .. priority .. ':' .. process, 'LPOP', process, isGuestTurn(turn))
  if drawing.workMs > 0 and not caller.isAlone then
    redis.call('ZADD', callersOf .. priority, turnText(turn + drawing.workMs), process)
  elseif isEmpty then
    redis.call('ZREM', callersOf .. priority, process)
  end
end

-- Asks for more callers only where the first had too little. Returns whether there is any.
local function drawAtPriority(drawing, priority)
  local seen = {}
  for _, most in ipairs({ 2, 64, 1000 }) do
    local found = redis.call('ZRANGE', callersOf .. priority, 0, most - 1, 'WITHSCORES')
    for i = 1, #found, 2 do
      local process = found[i]
      if isFull(drawing) then return true end
      if not seen[process] then
        seen[process] = true
        drawFromCaller(drawing, priority, { process = process, turn = tonumber(found[i + 1]), isAlone = #found == 2 })
      end
    end
    if #found < 2 * most then return #found > 0 end
  end
  return true
end

local function drawFromCallers(drawing)
  local found = redis.call('ZRANGE', prioritiesKey, 0, -1, 'WITHSCORES')
  for i = 1, #found, 2 do
    if isFull(drawing) then return end
    local priority, before = found[i], #drawing.claims
    local hasCallers = drawAtPriority(drawing, priority)
    local drawn = #drawing.claims - before
    if not hasCallers then
      redis.call('ZREM', prioritiesKey, priority)
    elseif drawn > 0 and #found > 2 then
      redis.call('ZADD', prioritiesKey, turnText(tonumber(found[i + 1]) + drawn / weightOf(priority)), priority)
    end
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
  drawFrom(drawing, queueOf .. other, 'LPOP', 'other')
  count('hoisted', #drawing.claims)
end

-- Own queue from its end (and no other, if `sample` is 0), pool's queue from its head, callers' queues by turns, then the head of
-- somebody's own queue: that of `first`, where it is known to be filled, else a long one among `sample` members.
local function drawAnywhere(drawing, sample, first)
  drawFrom(drawing, queueOf .. drawing.worker, 'RPOP', 'own')
  if #drawing.claims > 0 or drawing.reach == 'own-queue' or sample == 0 then return end
  drawAtHand(drawing)
  if waitingNow() > 0 then
    drawFrom(drawing, queueKey, 'LPOP', 'shared')
    drawFromCallers(drawing)
  end
  if first and first ~= drawing.worker and #drawing.claims == 0 then drawFromOther(drawing, first) end
  while #drawing.claims == 0 and drawing.scans > 0 do
    local other = longestOwnQueue(drawing.worker, sample)
    if other == nil then return end
    local before = drawing.scans
    drawFromOther(drawing, other)
    if drawing.scans == before or mayPassOver(drawing) then return end
  end
end
