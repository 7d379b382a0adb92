-- Returns a page of products in one round trip and bounded work, also with 100,000 SKUs. Replicas
-- answer from their own index; they call this function while that loads or lags.
--
-- If the rarest filter leaves few products, they are collected and sorted. Otherwise the index of
-- the wanted order is walked from the cursor, and each product is tested against the filters. After
-- a number of steps the page ends early, with a cursor: a short page with a next cursor is valid.

-- The approximate number of Redis calls for a page: it blocks the server for less than a
-- millisecond.
local CALLS, BATCH = 500, 100
local spent = 0

local function member(filter, sku)
    spent = spent + 1
    if filter.kind == 'word' then return redis.call('ZSCORE', filter.key, sku) end
    return redis.call('SISMEMBER', filter.key, sku) == 1
end

local function in_price(ask, sku)
    if not ask.min and not ask.max then return true end
    spent = spent + 1
    local amount = tonumber(redis.call('ZSCORE', BY_PRICE, sku))
    return amount and (not ask.min or amount >= ask.min) and (not ask.max or amount <= ask.max)
end

local function fits(ask, sku, except)
    for _, filter in ipairs(ask.filters) do
        if filter ~= except and not member(filter, sku) then return false end
    end
    if ask.currency then
        spent = spent + 1
        if redis.call('HGET', product_key(sku), 'currency') ~= ask.currency then return false end
    end
    return in_price(ask, sku)
end

-- Returns the name by which a product is sorted. Most names are cut from the text; those with
-- escaped letters need decoding.
local function sort_name(sku)
    local kept = redis.call('HGET', product_key(sku), 'idx')
    return string.match(kept, '"sort_name":"([^"\\]*)"') or cjson.decode(kept).sort_name
end

-- Returns the value by which a product is sorted.
local function sort_value(ask, sku)
    if ask.sort == 'price' then return tonumber(redis.call('ZSCORE', BY_PRICE, sku)) end
    if ask.sort == 'created_at' then return tonumber(redis.call('ZSCORE', BY_CREATED, sku)) end
    if ask.sort == 'name' then return sort_name(sku) end
    local weight = 0
    for _, filter in ipairs(ask.filters) do
        if filter.kind == 'word' then weight = weight + tonumber(redis.call('ZSCORE', filter.key, sku) or '0') end
    end
    return weight
end

local function before(ask, a, a_sku, b, b_sku)
    if a == b then a, b = a_sku, b_sku end
    if ask.descending then a, b = b, a end
    return less(a, b)
end

local function collect(ask, rarest)
    local found = {}
    local skus = rarest.kind == 'word' and redis.call('ZRANGE', rarest.key, 0, -1) or redis.call('SMEMBERS', rarest.key)
    for _, sku in ipairs(skus) do
        if fits(ask, sku, rarest) then
            local value = sort_value(ask, sku)
            if value and (not ask.after_sku or before(ask, ask.after_value, ask.after_sku, value, sku)) then
                found[#found + 1] = { sku, value }
            end
        end
    end
    table.sort(found, function(a, b) return before(ask, a[2], a[1], b[2], b[1]) end)
    local page = {}
    for at = 1, math.min(#found, ask.limit) do page[at] = found[at] end
    local last = page[#page]
    return page, #found > ask.limit and last or nil
end

-- Returns the first rank after the cursor among the products with its value, given the rank of the
-- first of them. If there are none, that is the rank of the first product after this value.
local function rank_within(ask, index, rank_of, first)
    local value = text(ask.after_value)
    local last = ask.descending and redis.call('ZRANGE', index, value, value, 'BYSCORE', 'LIMIT', 0, 1)
        or redis.call('ZRANGE', index, value, value, 'BYSCORE', 'REV', 'LIMIT', 0, 1)
    if not last[1] then return first end
    local low, high = first, redis.call(rank_of, index, last[1]) + 1
    while low < high do
        local middle = math.floor((low + high) / 2)
        local found = ask.descending and redis.call('ZRANGE', index, middle, middle, 'REV')
            or redis.call('ZRANGE', index, middle, middle)
        spent = spent + 1
        if before(ask, ask.after_value, ask.after_sku, ask.after_value, found[1]) then
            high = middle
        else
            low = middle + 1
        end
    end
    return low
end

-- Returns the rank in `index` to continue from: after the product of the cursor, or after its old
-- place if it has moved.
local function start_rank(ask, index)
    if not ask.after_sku then return 0 end
    local rank_of = ask.descending and 'ZREVRANK' or 'ZRANK'
    if ask.sort == 'name' then
        local place = ask.after_value .. '\0' .. ask.after_sku
        local rank = redis.call(rank_of, index, place)
        if rank then return rank + 1 end
        local rest = ask.descending and redis.call('ZRANGE', index, '(' .. place, '-', 'BYLEX', 'REV', 'LIMIT', 0, 1)
            or redis.call('ZRANGE', index, '(' .. place, '+', 'BYLEX', 'LIMIT', 0, 1)
        return rest[1] and redis.call(rank_of, index, rest[1])
    end
    local score = redis.call('ZSCORE', index, ask.after_sku)
    if score and tonumber(score) == ask.after_value then return redis.call(rank_of, index, ask.after_sku) + 1 end
    local value = text(ask.after_value)
    local rest = ask.descending and redis.call('ZRANGE', index, value, '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, 1)
        or redis.call('ZRANGE', index, value, '+inf', 'BYSCORE', 'LIMIT', 0, 1)
    return rest[1] and rank_within(ask, index, rank_of, redis.call(rank_of, index, rest[1]))
end

local function walk(ask, index)
    local page, rank, place = {}, start_rank(ask, index), nil
    while rank do
        local batch = ask.descending and redis.call('ZRANGE', index, rank, rank + BATCH - 1, 'REV', 'WITHSCORES')
            or redis.call('ZRANGE', index, rank, rank + BATCH - 1, 'WITHSCORES')
        for at = 1, #batch, 2 do
            local sku, value = batch[at], tonumber(batch[at + 1])
            if ask.sort == 'name' then
                local cut = string.find(sku, '\0', 1, true)
                value, sku = string.sub(sku, 1, cut - 1), string.sub(sku, cut + 1)
            end
            -- One product beyond the page shows that there are more.
            if #page == ask.limit then return page, page[#page] end
            if spent >= CALLS then return page, place end
            spent = spent + 1
            place = { sku, value }
            local after = not ask.after_sku or before(ask, ask.after_value, ask.after_sku, value, sku)
            if after and fits(ask, sku) then page[#page + 1] = { sku, value } end
        end
        if #batch < 2 * BATCH then return page, nil end
        rank = rank + BATCH
    end
    return page, nil
end

-- The fields that describe a product.
local FIELDS = { 'doc', 'amount', 'currency', 'on_hand', 'reserved', 'status', 'version', 'created_at', 'updated_at' }

local function hash_of(sku)
    local flat = {}
    for at, value in ipairs(redis.call('HMGET', product_key(sku), unpack(FIELDS))) do
        if value then
            flat[#flat + 1] = FIELDS[at]
            flat[#flat + 1] = value
        end
    end
    return flat
end

-- ARGV: the query as JSON; 'skus' to omit the hashes. Returns the place of the next page, then SKU
-- and hash of each product.
--
-- A search of several words has two orders by relevance: by the sum of the scores, and by the score
-- of the first word. A place in the second has a third part, 'first_word'. It comes back with
-- `after_first_word`. Older replicas do not send `tells_orders`, and get no third part. If only the
-- second order is possible, and the place is in the first one, the place returned is { 'summed' }.
local function list(_, args)
    local ask = cjson.decode(args[1])
    spent = 0
    local rarest, fewest, words = nil, nil, 0
    for _, filter in ipairs(ask.filters) do
        if filter.kind == 'word' then words = words + 1 end
        local size = filter.kind == 'word' and redis.call('ZCARD', filter.key) or redis.call('SCARD', filter.key)
        if not fewest or size < fewest then rarest, fewest = filter, size end
    end
    local page, last, is_first_word
    if fewest and fewest * (#ask.filters + 2) <= CALLS and not ask.after_first_word then
        page, last = collect(ask, rarest)
    else
        local index = ({ name = BY_NAME, price = BY_PRICE, created_at = BY_CREATED })[ask.sort]
        if not index then
            -- Relevance among very many products: the first word of the query decides the order.
            -- The rarest would be walked faster. But another one may be the rarest on the next
            -- page, and a cursor is a place in the order of one word.
            for _, filter in ipairs(ask.filters) do if filter.kind == 'word' then index = filter.key break end end
            is_first_word = words > 1 and ask.tells_orders
            if is_first_word and ask.after_sku and not ask.after_first_word then return { { 'summed' } } end
        end
        page, last = walk(ask, index)
    end
    local place = last and { last[1], type(last[2]) == 'number' and text(last[2]) or last[2] } or {}
    if last and is_first_word then place[3] = 'first_word' end
    local answer = { place }
    for _, found in ipairs(page) do
        answer[#answer + 1] = args[2] == 'skus' and found[1] or { found[1], hash_of(found[1]) }
    end
    return answer
end

redis.register_function { function_name = 'inv1_list', callback = list, flags = { 'no-writes' } }
