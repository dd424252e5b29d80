-- Draws: claims queued requests for a worker. A drawing has: worker, room (how many more), budget (µs of work left), spare (by
-- how much that may still grow, see widen), skips (set of function names, or nil), reach (what it takes from outside the own queue:
-- nothing, only `children`, which some member waits for, or also `roots`; for a bridge what comes `next`, for members that idle or `ahead` of
-- that, or what would be drawn `last`, `half` of that, or of roots what is to be `shown`), kind (what all have in common who pass over the
-- same requests; nil: it takes whatever it meets), claims (ids of what was claimed), texts (their records),
-- leaving (place -> ids that leave it when the drawing is over), drained (callers that leave the line then), dropped (ids that are erased then, and
-- their headers), marks (how far it has passed over, noted then: place, score), moving (ids of the own queue that the worker cannot evaluate), usual (what the last one claimed takes, in µs), workMs (what was drawn from the queue at hand), passesLeft (how many
-- more to pass over on the line at hand), isCutShort (whether there may be more behind what was passed over).
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
  -- a claim that cannot be read names no worker
  if not process then return false end
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

-- Whether what would be drawn last is drawn.
local function isFromEnd(reach) return reach == 'last' or reach == 'half' or reach == 'shown' end

-- Whether a bridge draws: what it claims is evaluated elsewhere.
local function isCarried(reach) return reach == 'next' or reach == 'ahead' or isFromEnd(reach) end

local function isClosedToOwn(reach) return reach == 'ahead' or reach == 'half' or reach == 'shown' end

local function newDrawing(worker, room, budget, reach, skips)
  local kind = nil
  if skips ~= '' or reach == 'children' or isCarried(reach) then
    kind = redis.sha1hex(reach .. ' ' .. (isCarried(reach) and worker or '') .. ' ' .. skips)
  end
  return {
    worker = worker, room = room, budget = budget, spare = 0, skips = skipSet(skips), reach = reach, kind = kind, workMs = 0,
    claims = {}, texts = {}, leaving = {}, drained = {}, dropped = {}, marks = {}, moving = {}, passesLeft = 0, isCutShort = false,
  }
end

-- What was claimed or dropped in this call: ids -> the places that they leave.
local taken = {}

-- What one request counts for in the turns of callers; at least 1, and 1 until it is measured.
local function workMsOf(cost) return cost == unmeasuredMicros and 1 or math.max(1, cost / 1000) end

local function isFull(drawing) return drawing.room <= 0 or drawing.budget <= 0 end

local function leave(drawing, place, id)
  if place == '-' then return end
  local ids = drawing.leaving[place]
  if ids == nil then
    drawing.leaving[place] = { id }
  else
    ids[#ids + 1] = id
  end
end

-- What is at hand is not yet at its place.
local function leaveAll(drawing, id, places, place, isAtHand)
  taken[id] = places .. ',' .. place
  if places ~= place then
    for other in string.gmatch(places, '[^,]+') do
      if other ~= place then leave(drawing, other, id) end
    end
  end
  if not isAtHand then leave(drawing, place, id) end
end

-- What is claimed lies on no queue, unless a script stopped midway.
local function take(drawing, id, text, place, isOutside, isAtHand, claim)
  if taken[id] then
    if not isAtHand and not hasPlace(taken[id], place) then leave(drawing, place, id) end
    return 'stale'
  end
  if not text or claim then
    leave(drawing, place, id)
    return 'stale'
  end
  local header = headerOf(text)
  -- of one that was lost, the caller may have died with the same worker: evaluated again, it asks again
  if header.isUnreadable or header.losses == 0 and not isWanted(header) then
    leaveAll(drawing, id, header.places, place, isAtHand)
    drawing.dropped[#drawing.dropped + 1] = { id, header }
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
  leaveAll(drawing, id, header.places, place, isAtHand)
  claims[#claims + 1] = id
  drawing.texts[#claims] = text
  drawing.room = drawing.room - 1
  drawing.usual = costOf(name)
  drawing.budget = drawing.budget - drawing.usual
  drawing.workMs = drawing.workMs + workMsOf(drawing.usual)
  if header.losses > 0 then drawing.budget, drawing.spare = 0, 0 end
  return 'claimed'
end

-- How many ids to look at: as many as the budget is for, by what the last one takes; while that is unknown, one and then twice as many
-- each time.
local function nextBatch(drawing, before, claimed, passesLeft)
  local most = math.min(drawing.room, passesLeft)
  if drawing.budget == math.huge then return most end
  local wanted = claimed > 0 and math.ceil(drawing.budget / drawing.usual) or 2 * before
  return math.max(1, math.min(most, wanted))
end

local function lengthAfter(drawing, place)
  local leaving = drawing.leaving[place]
  return redis.call('ZCARD', KEYS[1] .. place) - (leaving and #leaving or 0)
end

-- Guided self-scheduling (Polychronopoulos and Kuck, 1987): while much is queued, a claim may be for more than its budget: for one
-- part of this queue in twice as many as there are members. That leaves enough for all of them, and near the end it is little.
local function widen(drawing, place)
  local spare = drawing.spare
  drawing.spare = 0
  if drawing.room * drawing.usual <= drawing.budget or drawing.budget + spare <= 0 then return end
  local share = lengthAfter(drawing, place) * drawing.usual / (2 * redis.call('HLEN', membersKey))
  drawing.budget = drawing.budget + math.min(spare, math.max(0, share - math.max(0, drawing.budget)))
end

-- The ids from `offset` on, and their scores where it goes on behind a mark.
local function look(place, isFromTail, mark, offset, batch)
  local key = KEYS[1] .. place
  if isFromTail then return redis.call('ZRANGE', key, offset, offset + batch - 1, 'REV') end
  if not mark then return redis.call('ZRANGE', key, offset, offset + batch - 1) end
  local found = redis.call('ZRANGE', key, mark, '+inf', 'BYSCORE', 'LIMIT', offset, batch, 'WITHSCORES')
  local ids, scores = {}, {}
  for i = 1, #found, 2 do
    ids[#ids + 1] = found[i]
    scores[#ids] = found[i + 1]
  end
  return ids, scores
end

-- Draws from the `head` of a queue, its `tail`, or the tail of the worker's `own`: takes what the worker can evaluate, as much as fits, and
-- passes over the rest. Where it stops passing over at a head, the next drawing of its kind goes on. Returns whether the queue is known to
-- be empty then.
local function drawFrom(drawing, place, from)
  local isOwn, isFromTail = from == 'own', from ~= 'head'
  if isFull(drawing) then return false end
  local passesLeft = math.min(passedPerQueue, drawing.passesLeft)
  if passesLeft <= 0 then
    drawing.isCutShort = true
    return false
  end
  local kind = not isFromTail and drawing.kind
  local upTo = kind and passedUpTo(place, kind)
  local mark = kind and (upTo and '(' .. upTo or '-inf')
  local passesBefore, batch, claimedBefore, offset = passesLeft, 0, #drawing.claims, 0
  local isEnd, isKept, passed = false, false, nil
  while not isFull(drawing) and not isEnd and passesLeft > 0 do
    batch = nextBatch(drawing, batch, #drawing.claims - claimedBefore, passesLeft)
    claimedBefore = #drawing.claims
    local ids, scores = look(place, isFromTail, mark, offset, batch)
    local looked = 0
    local texts, claims = fieldsOf(requestsKey, ids), fieldsOf(claimsKey, ids)
    for i, id in ipairs(ids) do
      -- what was not looked at is next, if the budget is widened
      if isFull(drawing) then break end
      looked = i
      local what = take(drawing, id, texts[i], place, not isOwn, false, claims[i])
      if what == 'stale' or what == 'skipped' then passesLeft = passesLeft - 1 end
      if what == 'skipped' and scores then passed = scores[i] end
      if what == 'skipped' and isOwn then drawing.moving[#drawing.moving + 1] = { id = id, text = texts[i] } end
      if what == 'skipped' or what == 'left' then isKept = true end
    end
    if drawing.spare > 0 and #drawing.claims > claimedBefore then widen(drawing, place) end
    isEnd = #ids < batch and looked == #ids
    offset = offset + looked
  end
  drawing.passesLeft = drawing.passesLeft - (passesBefore - passesLeft)
  if not isFull(drawing) and not isEnd and from ~= 'tail' then drawing.isCutShort = true end
  if passed then drawing.marks[#drawing.marks + 1] = { place, passed } end
  if not isEnd or isKept then return false end
  return not upTo or lengthAfter(drawing, place) == 0
end

-- Requests, as id and text, that have just come while nothing waited and that no worker has claimed: idle workers get them before
-- they are put at their place, but for the bridge whose guests they are.
local atHand, placeOfThose, guestsOf = {}, nil, nil
local function drawAtHand(drawing)
  if isCarried(drawing.reach) and guestsOf == drawing.worker then return end
  local kept = {}
  for _, request in ipairs(atHand) do
    local what = isFull(drawing) and 'left' or take(drawing, request.id, request.text, placeOfThose, true, true)
    if what == 'left' or what == 'skipped' then kept[#kept + 1] = request end
  end
  atHand = kept
end

-- Draws from a caller's queue. A bridge is sent word of what others claim of its guests.
local function drawWaiting(drawing, place, from, process, isGuest)
  local before = #drawing.claims
  local isEmpty = drawFrom(drawing, place, from)
  if isGuest and process ~= drawing.worker then
    for i = before + 1, #drawing.claims do send(process, 'started ' .. drawing.claims[i]) end
  end
  return isEmpty
end

-- A caller that is alone shares with no other, and keeps its turn.
local function drawFromCaller(drawing, priority, caller)
  local process, turn = caller.process, caller.turn
  if drawing.reach == 'children' and not isMember(process) then return end
  if isCarried(drawing.reach) and process == drawing.worker then return end
  drawing.workMs = 0
  local isEmpty = drawWaiting(drawing, callerPlace(priority, process), 'head', process, isGuestTurn(turn))
  if drawing.workMs > 0 and not caller.isAlone then
    redis.call('ZADD', callersOf .. priority, turnText(turn + drawing.workMs), process)
  elseif isEmpty then
    drawing.drained[#drawing.drained + 1] = { priority, process }
  end
end

-- Draws from the callers of a priority from the place `start` in their line on, and asks for more of them only where the first had too
-- little. Returns whether there is any, whether it met the end of the line, and at which place it met a bound.
local function walkLine(drawing, priority, start)
  local seen = {}
  for _, asked in ipairs({ 2, 64, callersPerLine }) do
    local most = math.min(asked, callersPerLine)
    local found = redis.call('ZRANGE', callersOf .. priority, start, start + most - 1, 'WITHSCORES')
    for i = 1, #found, 2 do
      local process = found[i]
      if isFull(drawing) then return true, false, nil end
      if drawing.passesLeft <= 0 then
        drawing.isCutShort = true
        return true, false, start + (i - 1) / 2
      end
      if not seen[process] then
        seen[process] = true
        drawFromCaller(drawing, priority, { process = process, turn = tonumber(found[i + 1]), isAlone = start == 0 and #found == 2 })
      end
    end
    if #found < 2 * most then return #found > 0, true, nil end
  end
  return true, false, start + callersPerLine
end

-- One who passes requests over begins with the caller at whom the last one of its kind stopped. Returns whether there was any caller.
local function drawAtPriority(drawing, priority)
  local line, kind = 'callers:' .. priority, drawing.kind
  local resumed = kind and passedUpTo(line, kind)
  local start = tonumber(resumed or '0')
  drawing.passesLeft = passedPerLine
  local hasCallers, isEnd, stoppedAt = walkLine(drawing, priority, start)
  if isEnd and start > 0 then hasCallers, isEnd, stoppedAt = walkLine(drawing, priority, 0) end
  if kind and stoppedAt then
    notePassed(line, kind, stoppedAt)
  elseif isEnd and resumed then
    redis.call('HDEL', passedOf .. line, kind)
  end
  return hasCallers
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

-- Of some other members those with an own queue that is not empty, the longest one's first; ties go to the smaller name, so that the
-- model agrees.
local function longOwnQueues(except, sample)
  local lengths, owners = {}, {}
  for _, member in ipairs(redis.call('HRANDFIELD', membersKey, sample) or {}) do
    local length = member ~= except and redis.call('ZCARD', queueOf .. member) or 0
    if length > 0 then
      lengths[member] = length
      owners[#owners + 1] = member
    end
  end
  table.sort(owners, function(one, other)
    if lengths[one] ~= lengths[other] then return lengths[one] > lengths[other] end
    return one < other
  end)
  return owners
end

local function drawFromOther(drawing, other)
  drawFrom(drawing, 'queue:' .. other, 'head')
  count('hoisted', #drawing.claims)
end

local function drawFromOthers(drawing, sample, first)
  drawing.passesLeft = passedPerLine
  if first and first ~= drawing.worker then drawFromOther(drawing, first) end
  if #drawing.claims > 0 then return end
  for _, other in ipairs(longOwnQueues(drawing.worker, sample)) do
    drawFromOther(drawing, other)
    if #drawing.claims > 0 then return end
  end
end

-- Own queue from its end (and no other, if `sample` is 0), pool's queue from its head, callers' queues by turns, then the head of
-- a member's own queue: that of `first`, where it is known to be filled, else a long one among `sample` members.
local function drawAnywhere(drawing, sample, first)
  drawing.passesLeft = passedPerQueue
  drawFrom(drawing, 'queue:' .. drawing.worker, 'own')
  if #drawing.claims > 0 or drawing.reach == 'own-queue' or sample == 0 then return end
  drawAtHand(drawing)
  drawing.passesLeft = passedPerQueue
  drawFrom(drawing, poolPlace, 'head')
  drawFromCallers(drawing)
  if #drawing.claims == 0 then drawFromOthers(drawing, sample, first) end
end

-- What the worker cannot evaluate of its own queue: others take it from the pool's.
local function moveToPool(drawing)
  local ids, records, ownPlace = {}, {}, 'queue:' .. drawing.worker
  for i, moved in ipairs(drawing.moving) do
    local places = withPlace(withoutPlace(headerOf(moved.text).places, ownPlace), poolPlace)
    ids[i] = moved.id
    records[2 * i - 1] = moved.id
    records[2 * i] = placedText(moved.text, places)
  end
  removeFrom(ownPlace, ids)
  pushAll('HSET', requestsKey, records)
  pushToHead(ids)
end
