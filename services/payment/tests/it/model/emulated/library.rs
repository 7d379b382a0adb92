//! A function library: its Lua, run over a store that is put in and taken out again.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use mlua::{Function, Lua, LuaOptions, Result as LuaResult, StdLib, Table, Value, Variadic};

use super::{Refused, Reply, Store, commands, json};

/// The environment of a running function.
struct Scene {
    store: Store,
    tag: String,
    now: i64,
    wrote: bool,
}

struct Registered {
    call: Function,
    writes: bool,
}

/// A library whose functions can be called.
pub(crate) struct Library {
    lua: Lua,
    functions: BTreeMap<String, Registered>,
    tag: String,
}

impl Library {
    /// Loads a library from this text, for the keys of `tag`.
    pub(crate) fn load(code: &str, tag: &str) -> Self {
        // The server's interpreter has no more libraries than these.
        let lua =
            Lua::new_with(StdLib::TABLE | StdLib::STRING | StdLib::MATH, LuaOptions::default()).unwrap();
        let found: Rc<RefCell<Vec<(String, Registered)>>> = Rc::default();
        lua.scope(|scope| {
            let register = scope.create_function(|_, args: Variadic<Value>| {
                found.borrow_mut().push(registered(&args)?);
                Ok(())
            })?;
            let redis = lua.create_table()?;
            redis.set("register_function", register)?;
            redis.set("call", lua.create_function(call)?)?;
            lua.globals().set("redis", redis)?;
            lua.globals().set("cjson", json::table(&lua)?)?;
            lua.load(code.split_once('\n').unwrap().1).exec()
        })
        .unwrap();
        let functions = found.take().into_iter().collect();
        Self { lua, functions, tag: tag.to_owned() }
    }

    /// Calls a function as `FCALL` does (`FCALL_RO` if `read_only`), and returns the store after
    /// the call.
    pub(crate) fn call(
        &self,
        store: Store,
        now: i64,
        name: &str,
        args: &[String],
        read_only: bool,
    ) -> Result<(Store, Reply), Refused> {
        let function = self.functions.get(name).ok_or_else(|| format!("no function {name}"))?;
        if read_only && function.writes {
            return Err(format!("{name} writes, and was called to read"));
        }
        self.lua.set_app_data(Scene { store, tag: self.tag.clone(), now, wrote: false });
        let answer: LuaResult<Value> = function.call.call((vec![self.tag.clone()], args.to_vec()));
        let scene = self.lua.remove_app_data::<Scene>().unwrap();
        let reply =
            answer.and_then(|answer| reply_of(&answer)).map_err(|error| format!("{name}: {error}"))?;
        if scene.wrote && !function.writes {
            return Err(format!("{name} wrote, and says that it does not"));
        }
        Ok((scene.store, reply))
    }
}

fn registered(args: &[Value]) -> LuaResult<(String, Registered)> {
    match args {
        [Value::String(name), Value::Function(call)] => {
            Ok((name.to_str()?.to_owned(), Registered { call: call.clone(), writes: true }))
        }
        [Value::Table(table)] => {
            let flags: Vec<String> = table.get::<Option<_>>("flags")?.unwrap_or_default();
            let writes = !flags.iter().any(|flag| flag == "no-writes");
            Ok((table.get("function_name")?, Registered { call: table.get("callback")?, writes }))
        }
        other => Err(mlua::Error::runtime(format!("register_function{other:?}"))),
    }
}

/// `redis.call`.
fn call(lua: &Lua, (command, args): (String, Variadic<Value>)) -> LuaResult<Value> {
    let args: Vec<String> = args.iter().map(argument).collect::<LuaResult<_>>()?;
    let mut scene =
        lua.app_data_mut::<Scene>().ok_or_else(|| mlua::Error::runtime("redis.call outside a function"))?;
    let Scene { store, tag, now, .. } = &mut *scene;
    let (reply, wrote) = commands::run(store, tag, *now, &command, &args).map_err(mlua::Error::runtime)?;
    scene.wrote |= wrote;
    value_of(lua, &reply)
}

fn argument(value: &Value) -> LuaResult<String> {
    match value {
        Value::String(text) => Ok(text.to_str()?.to_owned()),
        Value::Integer(number) => Ok(number.to_string()),
        other => Err(mlua::Error::runtime(format!("a command's argument is {other:?}"))),
    }
}

fn value_of(lua: &Lua, reply: &Reply) -> LuaResult<Value> {
    Ok(match reply {
        Reply::Nil => Value::Boolean(false),
        Reply::Int(number) => Value::Integer(*number),
        Reply::Text(text) => Value::String(lua.create_string(text)?),
        Reply::Status(text) => Value::Table(lua.create_table_from([("ok", text.as_str())])?),
        Reply::List(parts) => {
            let parts: Vec<Value> = parts.iter().map(|part| value_of(lua, part)).collect::<LuaResult<_>>()?;
            Value::Table(lua.create_sequence_from(parts)?)
        }
    })
}

fn reply_of(value: &Value) -> LuaResult<Reply> {
    Ok(match value {
        Value::Nil | Value::Boolean(false) => Reply::Nil,
        Value::Boolean(true) => Reply::Int(1),
        Value::Integer(number) => Reply::Int(*number),
        Value::String(text) => Reply::text(text.to_str()?.to_owned()),
        Value::Table(table) => list(table)?,
        other => return Err(mlua::Error::runtime(format!("a function answered {other:?}"))),
    })
}

/// Converts a table. A list ends at its first hole.
fn list(table: &Table) -> LuaResult<Reply> {
    if let Some(error) = table.raw_get::<Option<String>>("err")? {
        return Err(mlua::Error::runtime(error));
    }
    if let Some(status) = table.raw_get::<Option<String>>("ok")? {
        return Ok(Reply::Status(status));
    }
    let mut parts = Vec::new();
    loop {
        match table.raw_get(parts.len() + 1)? {
            Value::Nil => return Ok(Reply::List(parts)),
            part => parts.push(reply_of(&part)?),
        }
    }
}
