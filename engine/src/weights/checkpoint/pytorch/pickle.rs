//! Reads the tensors out of a pickle without running anything it asks for.
//!
//! A pickle is a program for a stack machine (CPython `Lib/pickletools.py` lists the opcodes). This
//! reader keeps dictionaries, lists, tuples, numbers, texts and the few calls by which PyTorch
//! rebuilds a tensor (`torch/_utils.py`); any other class or function becomes a placeholder that
//! is never looked up, let alone called.

use std::collections::HashMap;

/// Deepest nesting of modules and dictionaries that is followed.
const MAX_DEPTH: usize = 32;
/// Values looked at while tensors are named; shared values count each time they are met.
const MAX_VISITS: usize = 1 << 20;
/// Values made by one pickle.
const MAX_NODES: usize = 1 << 22;

/// A tensor as the pickle describes it: a strided view into a storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PickledTensor {
    /// The storage's class, such as `HalfStorage`.
    pub storage_type: String,
    /// The storage's key: the name of its file in the archive.
    pub storage: String,
    /// First element, counted in elements.
    pub offset: usize,
    pub shape: Vec<usize>,
    /// Steps between neighbours along each axis, counted in elements.
    pub strides: Vec<usize>,
}

/// Every tensor in the pickle by its dotted name: dictionary keys and attribute names joined.
///
/// # Errors
/// What is wrong with the pickle, in a few words.
pub(super) fn tensors(pickle: &[u8]) -> Result<Vec<(String, PickledTensor)>, &'static str> {
    let (described, _) = described(pickle)?;
    Ok(described.tensors)
}

/// What a pickle says about tensors.
pub(super) struct Described {
    /// By their dotted names.
    pub tensors: Vec<(String, PickledTensor)>,
    /// What tensors are views into.
    pub storages: Vec<PickledStorage>,
}

/// A storage as the pickle describes it.
pub(super) struct PickledStorage {
    /// Its class, such as `HalfStorage`.
    pub class: String,
    pub key: String,
    /// How many values it has, where the pickle says it.
    pub elements: Option<usize>,
}

/// As [`tensors`], with the storages, and what comes after the pickle.
pub(super) fn described(input: &[u8]) -> Result<(Described, &[u8]), &'static str> {
    let mut machine = Machine::new(input);
    let root = machine.run()?;
    let mut tensors = Vec::new();
    let mut visits = 0;
    machine.walk(root, &mut String::new(), 0, &mut visits, &mut tensors)?;
    let storages = machine.nodes.into_iter().filter_map(|node| match node {
        Node::Storage(storage) => Some(storage),
        _ => None,
    });
    let storages = storages.collect();
    Ok((Described { tensors, storages }, machine.input))
}

/// The texts in the list that a pickle holds, and what comes after the pickle.
pub(super) fn texts(input: &[u8]) -> Result<(Vec<String>, &[u8]), &'static str> {
    let mut machine = Machine::new(input);
    let root = machine.run()?;
    let Node::Sequence(items) = &machine.nodes[root] else {
        return Err(MALFORMED);
    };
    let texts = items.iter().map(|item| match &machine.nodes[*item] {
        Node::Text(text) => Ok(text.clone()),
        _ => Err(MALFORMED),
    });
    Ok((texts.collect::<Result<_, _>>()?, machine.input))
}

/// What comes after a pickle.
pub(super) fn behind(input: &[u8]) -> Result<&[u8], &'static str> {
    let mut machine = Machine::new(input);
    machine.run()?;
    Ok(machine.input)
}

type Id = usize;

/// Values refer to one another by index, so that neither cycles nor depth in the input can leak
/// memory or overflow the stack.
enum Node {
    /// Something that plays no part: a float, bytes, the result of a call that is not made.
    Opaque,
    Int(i64),
    Text(String),
    Sequence(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    /// `module name`.
    Global(String),
    Storage(PickledStorage),
    Tensor(PickledTensor),
    /// An instance of any class, with its attributes once they are known.
    Object(Option<Id>),
}

#[derive(Default)]
struct Machine<'a> {
    input: &'a [u8],
    nodes: Vec<Node>,
    stack: Vec<Id>,
    marks: Vec<usize>,
    memo: HashMap<u32, Id>,
}

pub(super) const CUT: &str = "its description of the tensors ends too early";
const MALFORMED: &str = "its description of the tensors is malformed";
const TOO_LARGE: &str = "its description of the tensors is too large";

impl<'a> Machine<'a> {
    fn new(input: &'a [u8]) -> Self {
        Self {
            input,
            ..Self::default()
        }
    }

    fn run(&mut self) -> Result<Id, &'static str> {
        loop {
            let [opcode] = self.array()?;
            match opcode {
                b'.' => return self.pop(),
                0x80 => drop(self.array::<1>()?), // protocol
                0x95 => drop(self.array::<8>()?), // frame
                b'(' => self.marks.push(self.stack.len()),
                b'0' => drop(self.pop()?),
                b'1' => drop(self.pop_mark()?),
                b'2' => {
                    let top = *self.stack.last().ok_or(MALFORMED)?;
                    self.stack.push(top);
                }
                b'N' | 0x88 | 0x89 => self.push(Node::Opaque)?, // none, true, false
                b'J' => {
                    let value = i32::from_le_bytes(self.array()?);
                    self.push(Node::Int(value.into()))?;
                }
                b'K' => {
                    let [value] = self.array()?;
                    self.push(Node::Int(value.into()))?;
                }
                b'M' => {
                    let value = u16::from_le_bytes(self.array()?);
                    self.push(Node::Int(value.into()))?;
                }
                0x8a => {
                    let [length] = self.array()?;
                    self.long(length.into())?;
                }
                0x8b => {
                    let length = self.length4()?;
                    self.long(length)?;
                }
                b'G' => {
                    self.take(8)?;
                    self.push(Node::Opaque)?;
                }
                b'X' => {
                    let length = self.length4()?;
                    self.text(length)?;
                }
                0x8c => {
                    let [length] = self.array()?;
                    self.text(length.into())?;
                }
                0x8d => {
                    let length = self.length8()?;
                    self.text(length)?;
                }
                b'U' => {
                    let [length] = self.array()?;
                    self.text(length.into())?;
                }
                b'T' => {
                    let length = self.length4()?;
                    self.text(length)?;
                }
                b'C' => {
                    let [length] = self.array()?;
                    self.opaque(length.into())?;
                }
                b'B' => {
                    let length = self.length4()?;
                    self.opaque(length)?;
                }
                0x8e | 0x96 => {
                    let length = self.length8()?;
                    self.opaque(length)?;
                }
                b'}' => self.push(Node::Dict(Vec::new()))?,
                b']' | b')' | 0x8f => self.push(Node::Sequence(Vec::new()))?,
                b't' | b'l' | 0x91 => {
                    let items = self.pop_mark()?;
                    self.push(Node::Sequence(items))?;
                }
                count @ 0x85..=0x87 => {
                    let from = self.stack.len().checked_sub(usize::from(count - 0x84));
                    let items = self.stack.split_off(from.ok_or(MALFORMED)?);
                    self.push(Node::Sequence(items))?;
                }
                b'd' => {
                    let items = self.pop_mark()?;
                    self.push(Node::Dict(pairs(&items)))?;
                }
                b'a' => {
                    let item = self.pop()?;
                    self.extend(vec![item])?;
                }
                b'e' | 0x90 => {
                    let items = self.pop_mark()?;
                    self.extend(items)?;
                }
                b's' => {
                    let value = self.pop()?;
                    let key = self.pop()?;
                    self.insert(&[key, value])?;
                }
                b'u' => {
                    let items = self.pop_mark()?;
                    self.insert(&items)?;
                }
                b'c' => {
                    let module = self.line()?;
                    let name = self.line()?;
                    self.push(Node::Global(format!("{module} {name}")))?;
                }
                0x93 => {
                    let name = self.pop()?;
                    let module = self.pop()?;
                    let global = match (&self.nodes[module], &self.nodes[name]) {
                        (Node::Text(module), Node::Text(name)) => format!("{module} {name}"),
                        _ => return Err(MALFORMED),
                    };
                    self.push(Node::Global(global))?;
                }
                b'R' => {
                    let arguments = self.pop()?;
                    let function = self.pop()?;
                    let result = self.call(function, arguments);
                    self.push(result)?;
                }
                0x81 => {
                    self.pop()?;
                    self.pop()?;
                    self.push(Node::Object(None))?;
                }
                0x92 => {
                    self.pop()?;
                    self.pop()?;
                    self.pop()?;
                    self.push(Node::Object(None))?;
                }
                b'b' => {
                    let state = self.pop()?;
                    let object = *self.stack.last().ok_or(MALFORMED)?;
                    if let Node::Object(attributes) = &mut self.nodes[object] {
                        *attributes = Some(state);
                    }
                }
                b'Q' => {
                    let reference = self.pop()?;
                    let storage = self.storage(reference);
                    self.push(storage)?;
                }
                b'q' => {
                    let [slot] = self.array()?;
                    self.memorise(slot.into())?;
                }
                b'r' => {
                    let slot = u32::from_le_bytes(self.array()?);
                    self.memorise(slot)?;
                }
                0x94 => {
                    let slot = u32::try_from(self.memo.len()).map_err(|_| TOO_LARGE)?;
                    self.memorise(slot)?;
                }
                b'h' => {
                    let [slot] = self.array()?;
                    self.recall(slot.into())?;
                }
                b'j' => {
                    let slot = u32::from_le_bytes(self.array()?);
                    self.recall(slot)?;
                }
                _ => return Err("its description of the tensors uses a pickle from Python 2"),
            }
        }
    }

    fn push(&mut self, node: Node) -> Result<(), &'static str> {
        if self.nodes.len() >= MAX_NODES {
            return Err(TOO_LARGE);
        }
        self.stack.push(self.nodes.len());
        self.nodes.push(node);
        Ok(())
    }

    fn pop(&mut self) -> Result<Id, &'static str> {
        self.stack.pop().ok_or(MALFORMED)
    }

    fn pop_mark(&mut self) -> Result<Vec<Id>, &'static str> {
        let mark = self.marks.pop().ok_or(MALFORMED)?;
        if mark > self.stack.len() {
            return Err(MALFORMED);
        }
        Ok(self.stack.split_off(mark))
    }

    fn memorise(&mut self, slot: u32) -> Result<(), &'static str> {
        let top = *self.stack.last().ok_or(MALFORMED)?;
        self.memo.insert(slot, top);
        Ok(())
    }

    fn recall(&mut self, slot: u32) -> Result<(), &'static str> {
        let id = *self.memo.get(&slot).ok_or(MALFORMED)?;
        self.stack.push(id);
        Ok(())
    }

    fn extend(&mut self, items: Vec<Id>) -> Result<(), &'static str> {
        let list = *self.stack.last().ok_or(MALFORMED)?;
        if let Node::Sequence(list) = &mut self.nodes[list] {
            list.extend(items);
        }
        Ok(())
    }

    fn insert(&mut self, items: &[Id]) -> Result<(), &'static str> {
        let dict = *self.stack.last().ok_or(MALFORMED)?;
        if let Node::Dict(dict) = &mut self.nodes[dict] {
            dict.extend(pairs(items));
        }
        Ok(())
    }

    fn long(&mut self, length: usize) -> Result<(), &'static str> {
        let bytes = self.take(length)?;
        let node = match bytes.len() {
            0 => Node::Int(0),
            length @ 1..=8 => {
                let negative = bytes[length - 1] & 0x80 != 0;
                let mut whole = [if negative { 0xff } else { 0 }; 8];
                whole[..length].copy_from_slice(bytes);
                Node::Int(i64::from_le_bytes(whole))
            }
            _ => Node::Opaque,
        };
        self.push(node)
    }

    fn text(&mut self, length: usize) -> Result<(), &'static str> {
        let text = String::from_utf8_lossy(self.take(length)?).into_owned();
        self.push(Node::Text(text))
    }

    fn opaque(&mut self, length: usize) -> Result<(), &'static str> {
        self.take(length)?;
        self.push(Node::Opaque)
    }

    fn take(&mut self, length: usize) -> Result<&[u8], &'static str> {
        let (taken, rest) = self.input.split_at_checked(length).ok_or(CUT)?;
        self.input = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], &'static str> {
        let (taken, rest) = self.input.split_first_chunk().ok_or(CUT)?;
        self.input = rest;
        Ok(*taken)
    }

    fn length4(&mut self) -> Result<usize, &'static str> {
        usize::try_from(u32::from_le_bytes(self.array()?)).map_err(|_| CUT)
    }

    fn length8(&mut self) -> Result<usize, &'static str> {
        usize::try_from(u64::from_le_bytes(self.array()?)).map_err(|_| CUT)
    }

    fn line(&mut self) -> Result<String, &'static str> {
        let end = self
            .input
            .iter()
            .position(|byte| *byte == b'\n')
            .ok_or(CUT)?;
        let line = String::from_utf8_lossy(&self.input[..end]).into_owned();
        self.input = &self.input[end + 1..];
        Ok(line)
    }

    /// What `function(*arguments)` is, as far as it concerns tensors.
    fn call(&self, function: Id, arguments: Id) -> Node {
        let (Node::Global(function), Node::Sequence(arguments)) =
            (&self.nodes[function], &self.nodes[arguments])
        else {
            return Node::Opaque;
        };
        match function.as_str() {
            "collections OrderedDict" => Node::Dict(Vec::new()),
            "torch._utils _rebuild_tensor" | "torch._utils _rebuild_tensor_v2" => {
                self.tensor(arguments).map_or(Node::Opaque, Node::Tensor)
            }
            "torch._utils _rebuild_parameter"
            | "torch._utils _rebuild_parameter_with_state"
            | "torch.nn.parameter Parameter" => {
                match arguments.first().map(|data| &self.nodes[*data]) {
                    Some(Node::Tensor(tensor)) => Node::Tensor(tensor.clone()),
                    _ => Node::Opaque,
                }
            }
            _ => Node::Object(None),
        }
    }

    /// Storage, offset, shape and strides, and what does not matter here.
    fn tensor(&self, arguments: &[Id]) -> Option<PickledTensor> {
        let [storage, offset, shape, strides, ..] = arguments else {
            return None;
        };
        let Node::Storage(PickledStorage { class, key, .. }) = &self.nodes[*storage] else {
            return None;
        };
        let size = |id: &Id| match self.nodes[*id] {
            Node::Int(value) => usize::try_from(value).ok(),
            _ => None,
        };
        let sizes = |id: &Id| match &self.nodes[*id] {
            Node::Sequence(items) => items.iter().map(size).collect::<Option<Vec<_>>>(),
            _ => None,
        };
        Some(PickledTensor {
            storage_type: class.clone(),
            storage: key.clone(),
            offset: size(offset)?,
            shape: sizes(shape)?,
            strides: sizes(strides)?,
        })
    }

    /// `("storage", class, key, device, elements)`, and in the format before PyTorch 1.6 `None` or
    /// which part of another storage it is.
    fn storage(&self, reference: Id) -> Node {
        let Node::Sequence(parts) = &self.nodes[reference] else {
            return Node::Opaque;
        };
        let [_, class, key, rest @ ..] = parts.as_slice() else {
            return Node::Opaque;
        };
        let is_part = |id: &Id| matches!(self.nodes[*id], Node::Sequence(_));
        let elements = match rest {
            [_, elements, ..] => match self.nodes[*elements] {
                Node::Int(elements) => usize::try_from(elements).ok(),
                _ => None,
            },
            _ => None,
        };
        match (&self.nodes[*class], &self.nodes[*key]) {
            (Node::Global(class), Node::Text(key)) if !rest.last().is_some_and(is_part) => {
                Node::Storage(PickledStorage {
                    class: class.rsplit(' ').next().unwrap_or_default().to_owned(),
                    key: key.clone(),
                    elements,
                })
            }
            _ => Node::Opaque,
        }
    }

    fn walk(
        &self,
        id: Id,
        name: &mut String,
        depth: usize,
        visits: &mut usize,
        found: &mut Vec<(String, PickledTensor)>,
    ) -> Result<(), &'static str> {
        *visits += 1;
        if depth > MAX_DEPTH || *visits > MAX_VISITS {
            return Err(TOO_LARGE);
        }
        match &self.nodes[id] {
            Node::Tensor(tensor) => found.push((name.clone(), tensor.clone())),
            Node::Object(Some(attributes)) => {
                self.walk(*attributes, name, depth + 1, visits, found)?;
            }
            Node::Dict(entries) => {
                for (key, value) in entries {
                    let Node::Text(key) = &self.nodes[*key] else {
                        continue;
                    };
                    let length = name.len();
                    if length > 0 {
                        name.push('.');
                    }
                    name.push_str(key);
                    self.walk(*value, name, depth + 1, visits, found)?;
                    name.truncate(length);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn pairs(items: &[Id]) -> Vec<(Id, Id)> {
    items
        .as_chunks()
        .0
        .iter()
        .map(|[key, value]| (*key, *value))
        .collect()
}
