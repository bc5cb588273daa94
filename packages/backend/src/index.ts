export { setupEngine, availableEngines, type EngineInfo, type EngineName, type SetupEngineOptions } from './setup';
