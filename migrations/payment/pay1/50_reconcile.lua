-- The bookkeeping of the reconciler (order-flow section 5): the last journal entry of Inventory
-- about each order, compared with the order.

-- Returns the place in the journal to continue from, or ''.
local function journal_place() return redis.call('GET', JOURNAL) or '' end

-- ARGV: the place that the caller read from, the place to continue from, then order and kind of
-- each entry. Of two readers of the same part, one is refused.
local function note(_, args)
    if (redis.call('GET', JOURNAL) or '') ~= args[1] then return 0 end
    if #args > 2 then
        local now, times = text(now_ms()), {}
        for at = 3, #args, 2 do
            times[#times + 1] = now
            times[#times + 1] = args[at]
        end
        -- The last entry about an order counts.
        redis.call('HSET', KINDS, unpack(args, 3))
        redis.call('ZADD', UNSETTLED, 'NX', unpack(times))
    end
    redis.call('SET', JOURNAL, args[2])
    return 1
end

local function settle(ids)
    if #ids == 0 then return end
    redis.call('ZREM', UNSETTLED, unpack(ids))
    redis.call('HDEL', KINDS, unpack(ids))
end

local AGREE = {
    completed = { confirmed = true, returned = true },
    cancelled = { released = true, expired = true, returned = true },
}

-- ARGV: minimum age in ms, the most orders to look at. Settles orders that agree. Returns those
-- that do not: order, its status or '', the last journal entry or ''. Each of these returns after
-- the same time, unless it is settled. The first field is the number of orders that were looked at.
local function reconcile(_, args)
    local now, age = now_ms(), tonumber(args[1])
    local found = due(UNSETTLED, now - age, age, args[2])
    local answer, agreed, later = { text(#found) }, {}, {}
    local kinds = #found > 0 and redis.call('HMGET', KINDS, unpack(found)) or {}
    for at, id in ipairs(found) do
        local status, kind = redis.call('HGET', order_key(id), 'status'), kinds[at]
        if status and AGREE[status] and kind and AGREE[status][kind] then
            agreed[#agreed + 1] = id
        elseif not status and is_archived(id) then
            -- They agreed when the order was archived.
            agreed[#agreed + 1] = id
        elseif not status and (kind == 'released' or kind == 'expired' or kind == 'returned') then
            agreed[#agreed + 1] = id
        else
            later[#later + 1] = text(now)
            later[#later + 1] = id
            -- Orders that are not final are the task of the worker.
            if not status or is_final(status) then answer[#answer + 1] = { id, status or '', kind or '' } end
        end
    end
    settle(agreed)
    if #later > 0 then redis.call('ZADD', UNSETTLED, unpack(later)) end
    return answer
end

-- ARGV: order
local function settled(_, args)
    settle(args)
    return 1
end

redis.register_function { function_name = 'pay1_journal_place', callback = journal_place, flags = { 'no-writes' } }
redis.register_function { function_name = 'pay1_note', callback = note, flags = { 'allow-oom' } }
redis.register_function { function_name = 'pay1_reconcile', callback = reconcile, flags = { 'allow-oom' } }
redis.register_function { function_name = 'pay1_settled', callback = settled, flags = { 'allow-oom' } }
