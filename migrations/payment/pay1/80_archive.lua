-- The archive: orders that ended long ago move to files, and leave their ids behind. The ledger
-- stays, as it is the accounting record.

-- Checks that an order and its refunds have ended, are unchanged since `before`, and have no
-- waiting email. Returns its version and the version of its refunds, or nil.
local function has_rested(id, before)
    local kept = redis.call('HMGET', order_key(id), 'status', 'updated_at', 'version', 'refund_version', 'refunds')
    if not kept[1] or not is_final(kept[1]) or tonumber(kept[2]) > before then return nil end
    if redis.call('ZSCORE', UNSETTLED, id) or redis.call('ZSCORE', MAIL, id .. '/confirmed') then return nil end
    for n = 1, tonumber(kept[5] or '0') do
        local past = redis.call('HMGET', refund_key(id, text(n)), 'status', 'updated_at')
        if (past[1] ~= 'done' and past[1] ~= 'failed') or tonumber(past[2]) > before then return nil end
        if redis.call('ZSCORE', MAIL, id .. '/refunded/' .. text(n)) then return nil end
    end
    return kept[3], kept[4] or '0'
end

-- Returns all keys of one order: hashes, then lists.
local function keys_of(id)
    local hashes, lists = { order_key(id), refund_keys_key(id) }, { log_key(id) }
    for n = 1, tonumber(redis.call('HGET', order_key(id), 'refunds') or '0') do
        hashes[#hashes + 1] = refund_key(id, text(n))
        lists[#lists + 1] = refund_log_key(id, text(n))
    end
    return hashes, lists
end

-- ARGV: minimum idle time in ms, the last order that was looked at or '', the number of orders to
-- look at.
--
-- Returns the place to continue from or ''. Then follow, for each order that may be archived, id,
-- version, version of its refunds, and key, kind and content of all its data.
local function archivable(_, args)
    local before, rank, limit = now_ms() - tonumber(args[1]), 0, tonumber(args[3])
    if args[2] ~= '' then
        rank = redis.call('ZRANK', ORDERS, args[2])
        if not rank then return { '' } end
        rank = rank + 1
    end
    local found = redis.call('ZRANGE', ORDERS, rank, rank + limit - 1, 'WITHSCORES')
    local answer = { #found == 2 * limit and found[#found - 1] or '' }
    for at = 1, #found, 2 do
        -- Orders created later were changed later.
        if tonumber(found[at + 1]) > before then
            answer[1] = ''
            break
        end
        local id = found[at]
        local version, refund_version = has_rested(id, before)
        if version then
            local row = { id, version, refund_version }
            local hashes, lists = keys_of(id)
            for _, key in ipairs(hashes) do for _, part in ipairs({ key, 'hash', redis.call('HGETALL', key) }) do row[#row + 1] = part end end
            for _, key in ipairs(lists) do for _, part in ipairs({ key, 'list', redis.call('LRANGE', key, 0, -1) }) do row[#row + 1] = part end end
            answer[#answer + 1] = row
        end
    end
    return answer
end

-- ARGV: order, version, version of its refunds. Archives the order if it is unchanged since it was
-- written to the file.
local function archive(_, args)
    local id = args[1]
    if is_archived(id) then return { 'archived' } end
    local version, refund_version = has_rested(id, now_ms())
    if version ~= args[2] or refund_version ~= args[3] then return { 'changed' } end
    local hashes, lists = keys_of(id)
    local created = redis.call('ZSCORE', ORDERS, id) or '1'
    redis.call('ZREM', user_key(redis.call('HGET', order_key(id), 'user'), 'orders'), id)
    redis.call('ZREM', ORDERS, id)
    redis.call('ZREM', NUMBERS, id)
    redis.call('HDEL', VIEWS, id)
    for n = 1, tonumber(redis.call('HGET', order_key(id), 'refunds') or '0') do redis.call('ZREM', FAILED, id .. '/' .. text(n)) end
    for _, keys in ipairs({ hashes, lists }) do
        for _, key in ipairs(keys) do redis.call('DEL', key) end
    end
    redis.call('HSET', archived_key(id), string.sub(id, 4), created)
    return { 'archived' }
end

-- ARGV: order
local function was_archived(_, args) return is_archived(args[1]) and 1 or 0 end

redis.register_function { function_name = 'pay1_archivable', callback = archivable, flags = { 'no-writes' } }
redis.register_function { function_name = 'pay1_archive', callback = archive, flags = { 'allow-oom' } }
redis.register_function { function_name = 'pay1_was_archived', callback = was_archived, flags = { 'no-writes' } }
