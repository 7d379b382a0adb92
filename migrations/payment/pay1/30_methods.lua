-- Saved cards: each is one JSON string, encrypted by the service. The cards of a user are listed by
-- time of creation. A card that was saved with an Idempotency-Key has a record, by user and key;
-- KEYS has the keys by time of creation.

-- The most keys that are kept for a user: the latest.
local MOST_KEYS = 100

local function records_key(user) return user_key(user, 'records') end
local function keys_key(user) return user_key(user, 'keys') end

-- ARGV: user, method, JSON, most cards, Idempotency-Key or '', JSON of its record
local function save_method(_, args)
    local user, id, key = args[1], args[2], args[5]
    if key ~= '' then
        local kept = redis.call('HGET', records_key(user), key)
        if kept then return { 'exists', kept } end
    end
    if is_closed(user) then return { 'closed' } end
    if redis.call('ZCARD', user_key(user, 'methods')) >= tonumber(args[4]) then return { 'too_many' } end
    local now = text(now_ms())
    redis.call('SET', method_key(id), args[3])
    redis.call('ZADD', user_key(user, 'methods'), now, id)
    if key ~= '' then
        redis.call('HSET', records_key(user), key, args[6])
        redis.call('ZADD', keys_key(user), now, key)
        for _, oldest in ipairs(redis.call('ZRANGE', keys_key(user), 0, -MOST_KEYS - 1)) do
            redis.call('HDEL', records_key(user), oldest)
            redis.call('ZREM', keys_key(user), oldest)
        end
    end
    return { 'saved' }
end

-- ARGV: user, method. Deletes the card itself, not only its list entry.
local function delete_method(_, args)
    if redis.call('ZREM', user_key(args[1], 'methods'), args[2]) == 0 then return 0 end
    redis.call('DEL', method_key(args[2]))
    return 1
end

-- ARGV: user, id of the last one seen or '', the most cards to return. Newest first. For services
-- before version 7.
local function methods(_, args)
    local index, rank = user_key(args[1], 'methods'), 0
    if args[2] ~= '' then
        rank = redis.call('ZREVRANK', index, args[2])
        if not rank then return {} end
        rank = rank + 1
    end
    local answer = {}
    for _, id in ipairs(redis.call('ZRANGE', index, rank, rank + tonumber(args[3]) - 1, 'REV')) do
        answer[#answer + 1] = redis.call('GET', method_key(id))
    end
    return answer
end

-- ARGV: users. Returns user, cards, and keys with their records (a flat list) of each user that has
-- any.
local function sealed(_, args)
    local answer = {}
    for _, user in ipairs(args) do
        local cards, records = {}, redis.call('HGETALL', records_key(user))
        for _, id in ipairs(redis.call('ZRANGE', user_key(user, 'methods'), 0, -1)) do
            cards[#cards + 1] = redis.call('GET', method_key(id))
        end
        if #cards + #records > 0 then answer[#answer + 1] = { user, cards, records } end
    end
    return answer
end

-- ARGV: method, JSON before, JSON after. Replaces a card that was encrypted again under another
-- key. Does nothing if the card is gone or has changed.
local function reseal(_, args)
    if redis.call('GET', method_key(args[1])) ~= args[2] then return 0 end
    redis.call('SET', method_key(args[1]), args[3])
    return 1
end

-- ARGV: user, Idempotency-Key, record before, record after or ''. Does the same for the record of a
-- key; '' deletes it.
local function renew_record(_, args)
    local user, key = args[1], args[2]
    if redis.call('HGET', records_key(user), key) ~= args[3] then return 0 end
    if args[4] == '' then
        redis.call('HDEL', records_key(user), key)
        redis.call('ZREM', keys_key(user), key)
    else
        redis.call('HSET', records_key(user), key, args[4])
    end
    return 1
end

redis.register_function('pay1_save_method', save_method)
redis.register_function('pay1_save_method_at', guarded(save_method))
redis.register_function { function_name = 'pay1_delete_method', callback = delete_method, flags = { 'allow-oom' } }
redis.register_function { function_name = 'pay1_methods', callback = methods, flags = { 'no-writes' } }
redis.register_function { function_name = 'pay1_sealed', callback = sealed, flags = { 'no-writes' } }
redis.register_function { function_name = 'pay1_reseal', callback = reseal, flags = { 'allow-oom' } }
redis.register_function { function_name = 'pay1_renew_record', callback = renew_record, flags = { 'allow-oom' } }
