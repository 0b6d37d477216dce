import type { EnginePort } from "../engine_messages.ts";
import { serveEngine } from "../serve_engine.ts";

serveEngine(globalThis as unknown as EnginePort);
